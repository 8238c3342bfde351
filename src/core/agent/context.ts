// From the transcript to the messages a model reads: history, attachments, results, in an order that
// every provider accepts (a turn's calls are followed by their results at once).
import type { AttachmentRef } from "../../contract/session.ts";
import type { AttachmentReader, ModelMessage, ModelPart, ModelRequest } from "../ports.ts";
import { cutText, type Call, type Entry, type Transcript } from "./transcript.ts";

export type ContextOptions = {
  images: boolean;
  /** The longest text of one attachment or one result, in UTF-16 units. */
  maxChars: number;
  signal: AbortSignal;
};

export async function messagesOf(
  transcript: Transcript,
  reader: AttachmentReader,
  options: ContextOptions,
): Promise<ModelMessage[]> {
  const messages: ModelMessage[] = [];
  if (transcript.summary) messages.push(summaryMessage(transcript.summary.text));
  for (const entry of [...transcript.entries, ...transcript.steering]) {
    if (entry.kind === "person") messages.push(await personMessage(entry, reader, options));
    else if (entry.kind === "by_hand") messages.push(byHandMessage(entry.call, options));
    else messages.push(...(await agentMessages(entry, reader, options)));
  }
  const history = joined(messages);
  if (cutText(transcript) === "") return history;
  // What steered since the cut is a user message too, and two in a row are refused by some.
  const steered = history.at(-1)?.role === "user";
  return steered ? joined([...history, goOn]) : [...history, goOn];
}

const goOn: ModelMessage = {
  role: "user",
  parts: [
    {
      type: "text",
      text: "Your answer was cut off. Go on exactly where your last message ends; repeat nothing.",
    },
  ],
};

/** The request of a turn that was cut after `text`: the model sees it and is asked to go on. */
export function continued(request: ModelRequest, text: string): ModelRequest {
  const messages =
    request.messages.at(-1) === goOn ? request.messages.slice(0, -1) : request.messages;
  const said: ModelMessage = { role: "assistant", text, toolCalls: [] };
  return { ...request, messages: [...joined([...messages, said]), goOn] };
}

const summaryMessage = (summary: string): ModelMessage => ({
  role: "user",
  parts: [{ type: "text", text: `[What happened in this session so far]\n${summary}` }],
});

async function personMessage(
  entry: Extract<Entry, { kind: "person" }>,
  reader: AttachmentReader,
  options: ContextOptions,
): Promise<ModelMessage> {
  const parts: ModelPart[] = entry.text === "" ? [] : [{ type: "text", text: entry.text }];
  for (const file of entry.attachments) parts.push(...(await fileParts(file, reader, options)));
  return { role: "user", parts };
}

async function fileParts(
  file: AttachmentRef,
  reader: AttachmentReader,
  options: ContextOptions,
): Promise<ModelPart[]> {
  const read = await reader.read(file, options.maxChars, options.signal);
  const head = `[Attached file “${onOneLine(file.name)}”, ${onOneLine(file.mime)}, ${file.sizeBytes} bytes]`;
  if (read.kind === "text") return [{ type: "text", text: `${head}\n${read.text}` }];
  if (read.kind === "none") return [{ type: "text", text: `${head}\n(${read.why})` }];
  if (!options.images) return [{ type: "text", text: `${head}\n(This model cannot see images.)` }];
  return [
    { type: "text", text: head },
    { type: "image", mime: read.mime, bytes: read.bytes },
  ];
}

/** A name that somebody else gave must not look like a line of ours. */
const onOneLine = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ");

function byHandMessage(call: Call, options: ContextOptions): ModelMessage {
  const result = call.result ? cut(call.result.text, options.maxChars) : "It did not finish.";
  const text = `[The person ran the tool ${call.name} by hand with ${JSON.stringify(call.input)}]\n${result}`;
  return { role: "user", parts: [{ type: "text", text }] };
}

async function agentMessages(
  entry: Extract<Entry, { kind: "agent" }>,
  reader: AttachmentReader,
  options: ContextOptions,
): Promise<ModelMessage[]> {
  if (entry.text === "" && entry.calls.length === 0 && !entry.reasoning?.providerData) return [];
  const said: ModelMessage = {
    role: "assistant",
    text: entry.text,
    ...(entry.reasoning ? { reasoning: entry.reasoning } : {}),
    toolCalls: entry.calls.map((call) => ({
      id: idOf(call, entry.calls),
      name: acceptableName(call.name),
      argumentsText: JSON.stringify(isRecord(call.input) ? call.input : {}),
    })),
  };
  const results: ModelMessage[] = entry.calls.map((call) => ({
    role: "tool",
    callId: idOf(call, entry.calls),
    name: acceptableName(call.name),
    text: call.result ? cut(call.result.text, options.maxChars) : "This call did not finish.",
  }));
  const files = entry.calls.flatMap((call) => call.result?.files ?? []);
  const shown: ModelPart[] = [];
  for (const file of files) shown.push(...(await fileParts(file, reader, options)));
  if (shown.length === 0) return [said, ...results];
  return [said, ...results, { role: "user", parts: shown }];
}

/** The model's own id, which its thoughts and signatures refer to; ours where it gave none of its own
 * or the same one twice. */
function idOf({ callId, modelCallId }: Call, calls: readonly Call[]): string {
  if (modelCallId === null || modelCallId === "") return callId;
  return calls.filter((call) => call.modelCallId === modelCallId).length > 1 ? callId : modelCallId;
}

/** A name that a model made up may hold what servers refuse: one would lock the whole session. */
const acceptableName = (name: string): string =>
  name.replace(/[^\w-]/g, "_").slice(0, 64) || "unnamed";

/** What was never an object goes back as an empty one: servers build their prompt from it. */
const isRecord = (input: unknown): boolean =>
  typeof input === "object" && input !== null && !Array.isArray(input);

/** Neighbours that some providers refuse apart are put together: two turns without calls between
 * (a cut answer and its continuation), and user messages in a row. */
function joined(messages: ModelMessage[]): ModelMessage[] {
  const out: ModelMessage[] = [];
  for (const message of messages) {
    const last = out[out.length - 1];
    if (last?.role === "user" && message.role === "user") last.parts.push(...message.parts);
    else if (
      last?.role === "assistant" &&
      message.role === "assistant" &&
      last.toolCalls.length === 0
    )
      out[out.length - 1] = { ...message, text: last.text + message.text };
    else out.push(message.role === "user" ? { ...message, parts: [...message.parts] } : message);
  }
  return out;
}

/** Head and tail of a long text, with the count of what is left out: cut by meaning, not silently. */
export function cut(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const kept = Math.floor(maxChars * 0.7);
  const head = splitsPair(text, kept) ? kept - 1 : kept;
  const rest = text.length - (maxChars - kept);
  const tail = splitsPair(text, rest) ? rest + 1 : rest;
  return `${text.slice(0, head)}\n[… ${tail - head} characters left out …]\n${text.slice(tail)}`;
}

/** Half of a surrogate pair is no character: some servers refuse the whole request for it. */
const splitsPair = (text: string, at: number): boolean =>
  /^[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(text.slice(at - 1, at + 1));
