// One conversation of ChatGPT's export as the events of a session: what was said, its tools and notes
// as steps, its times. Takes ids and files as it is told to; stores nothing itself.
import { CallId, MessageId, RunId } from "../../contract/ids.ts";
import type { NewEvent, SessionEvent } from "../../contract/events.ts";
import type { AttachmentRef, PermissionMode } from "../../contract/session.ts";
import {
  shownBranch,
  type Conversation,
  type Message,
  type Part,
} from "./transfer-chatgpt-format.ts";

export type ChatGptPorts = {
  newId: () => string;
  now: () => number;
  mode: PermissionMode;
  /** The file that the export carries under this id; null: it does not. */
  file: (id: string) => Promise<AttachmentRef | null>;
};

type Said = { text: string; files: AttachmentRef[] };

const maxTitle = 200;
const maxFiles = 50;

export async function chatGptEvents(
  conversation: Conversation,
  ports: ChatGptPorts,
): Promise<SessionEvent[]> {
  const writer = new Writer(conversation, ports);
  for (const message of shownBranch(conversation)) await writer.add(message);
  return writer.end();
}

class Writer {
  readonly #ports: ChatGptPorts;
  readonly #events: SessionEvent[] = [];
  readonly #isArchived: boolean;
  #model: string;
  #at: number;
  #run: { runId: RunId; startedAt: number; turn: number; steps: number; said: boolean } | null =
    null;
  /** A tool that was called and has not answered. */
  #call: CallId | null = null;

  constructor(conversation: Conversation, ports: ChatGptPorts) {
    this.#ports = ports;
    this.#isArchived = conversation.is_archived === true;
    this.#model = conversation.default_model_slug ?? "chatgpt";
    this.#at = milliseconds(conversation.create_time) ?? ports.now();
    const title = (conversation.title ?? "").trim().slice(0, maxTitle);
    const { mode } = ports;
    this.#put({ type: "session.created", data: { title, workspace: null, model: null, mode } });
  }

  async add(message: Message | null): Promise<void> {
    if (!message) return this.#note("unreadable", "A message here could not be read.");
    this.#at = Math.max(this.#at, milliseconds(message.create_time) ?? this.#at);
    const { role } = message.author;
    if (message.content.content_type === "user_editable_context")
      return this.#note("custom_instructions", instructionsOf(message));
    if (message.metadata?.is_visually_hidden_from_conversation) return;
    const said = await this.#said(message);
    if (role === "user") this.#person(said);
    else if (role === "assistant") this.#assistant(message, said);
    else if (role === "tool") this.#toolSaid(message.author.name ?? "tool", said);
    else this.#note(role, said.text);
  }

  end(): SessionEvent[] {
    this.#endRun();
    if (this.#isArchived) this.#put({ type: "session.archived", data: { archived: true } });
    return this.#events;
  }

  #person({ text, files }: Said): void {
    if (text === "" && files.length === 0) return;
    this.#endRun();
    const messageId = MessageId.parse(this.#ports.newId());
    const data = { messageId, text, attachments: files, delivery: "auto" as const };
    this.#put({ type: "message.sent", data });
    this.#startRun(messageId);
  }

  #assistant(message: Message, { text, files }: Said): void {
    const { content, recipient } = message;
    const run = this.#run ?? this.#startRun(MessageId.parse(this.#ports.newId()));
    this.#model = message.metadata?.model_slug ?? this.#model;
    const { runId } = run;
    const turn = run.turn++;
    if (content.content_type === "reasoning_recap") return;
    if (content.content_type === "thoughts") {
      if (text === "") return;
      this.#put({ type: "reasoning.finished", data: { runId, turn, text, ms: 0 } });
    } else if (recipient && recipient !== "all") this.#toolAsked(recipient, text);
    else if (text !== "") {
      run.said = true;
      const shown = content.content_type === "code" ? fenced(text, content.language) : text;
      this.#put({ type: "text.finished", data: { runId, turn, text: shown, partial: false } });
    }
    for (const file of files) this.#put({ type: "attachment.added", data: { file, callId: null } });
  }

  #toolAsked(name: string, asked: string): void {
    this.#toolSaid(name, { text: "", files: [] }, false);
    const callId = CallId.parse(this.#ports.newId());
    const run = this.#run;
    if (run) run.steps += 1;
    this.#put({
      type: "tool.requested",
      data: {
        ...{ callId, runId: run?.runId ?? null, by: "agent", turn: run?.turn ?? 0 },
        ...{ name: name.slice(0, 100), family: "ChatGPT", summary: firstLine(name, asked) },
        ...{ input: asked === "" ? {} : { text: asked }, effect: "read" },
      },
    });
    this.#call = callId;
  }

  /** `starts`: an answer without a question gets a step of its own. */
  #toolSaid(name: string, { text, files }: Said, starts = true): void {
    if (starts && text === "" && files.length === 0 && !this.#call) return;
    if (!this.#call && starts) this.#toolAsked(name, "");
    if (!this.#call) return;
    const data = { callId: this.#call, outcome: "done" as const, text, files, ms: 0 };
    this.#put({ type: "tool.finished", data: { ...data, labels: ["untrusted"] } });
    this.#call = null;
  }

  #note(name: string, text: string): void {
    if (text.trim() === "") return;
    this.#toolSaid(name, { text: "", files: [] }, false);
    this.#toolSaid(name, { text, files: [] });
  }

  #startRun(messageId: MessageId) {
    const runId = RunId.parse(this.#ports.newId());
    const { mode } = this.#ports;
    const model = { provider: "openai", name: this.#model };
    this.#put({ type: "run.started", data: { runId, messageId, model, mode, resumed: false } });
    return (this.#run = { runId, startedAt: this.#at, turn: 0, steps: 0, said: false });
  }

  #endRun(): void {
    this.#toolSaid("", { text: "", files: [] }, false);
    const run = this.#run;
    if (!run) return;
    this.#run = null;
    const usage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, costUsd: 0 };
    const outcome = run.said ? "done" : "stopped";
    const { runId, steps } = run;
    // The next message came later: the time in between is the person's.
    const ms = (this.#events.at(-1)?.at ?? this.#at) - run.startedAt;
    this.#put({ type: "run.finished", data: { runId, outcome, usage, steps, ms } });
  }

  #put(event: NewEvent): void {
    this.#events.push({ ...event, seq: this.#events.length + 1, at: this.#at } as SessionEvent);
  }

  async #said({ content, metadata }: Message): Promise<Said> {
    const named = metadata?.attachments ?? [];
    const said: Said = { text: "", files: [] };
    const lines: string[] = [];
    const attach = async (id: string, name: string) => {
      const file = said.files.length < maxFiles ? await this.#ports.file(id) : null;
      if (!file) lines.push(`[${name}: not in the exported file]`);
      else if (!said.files.some(({ sha256 }) => sha256 === file.sha256)) said.files.push(file);
    };
    const shown = new Set<string>();
    for (const part of partsOf(content)) {
      const asset = typeof part === "string" ? null : assetOf(part);
      if (asset === null) lines.push(textOf(part));
      else {
        shown.add(asset);
        await attach(asset, named.find(({ id }) => id === asset)?.name ?? "Image");
      }
    }
    for (const { id, name } of named) if (id && !shown.has(id)) await attach(id, name ?? "A file");
    said.text = plain(lines.filter((line) => line !== "").join("\n\n"));
    return said;
  }
}

function partsOf(content: Message["content"]): Part[] {
  const { parts, text, result, thoughts } = content;
  if (parts) return parts.filter((part) => part !== null);
  if (thoughts)
    return thoughts.map(({ summary, content: thought }) =>
      [summary ? `**${summary}**` : "", thought ?? ""].filter(Boolean).join("\n\n"),
    );
  return [text ?? result ?? ""];
}

/** `file-service://file-AbC` and `sediment://file_00ab` name the file of a picture or a sound. */
function assetOf(part: Exclude<Part, string>): string | null {
  const pointer = part.asset_pointer ?? nestedPointer(part);
  return pointer === null ? null : (pointer.split("://").at(-1) ?? "");
}

/** Of a video or voice part the picture lies one deeper. */
function nestedPointer(part: Exclude<Part, string>): string | null {
  const audio: unknown = part["audio_asset_pointer"];
  if (typeof audio !== "object" || audio === null || !("asset_pointer" in audio)) return null;
  return typeof audio.asset_pointer === "string" ? audio.asset_pointer : null;
}

function textOf(part: Part): string {
  if (typeof part === "string") return part;
  return typeof part["text"] === "string" ? part["text"] : "";
}

/** Without the marks of citations, which only ChatGPT's own page can follow. */
const plain = (text: string): string =>
  text
    .replace(/\ue200[^\ue201]*\ue201/g, "")
    .replace(/[\ue200-\ue2ff]/g, "")
    .trim();

function instructionsOf({ content }: Message): string {
  const { user_profile, user_instructions } = content;
  return [user_profile, user_instructions].filter(Boolean).join("\n\n");
}

function fenced(code: string, language: string | null | undefined): string {
  let longest = 2;
  for (const [run] of code.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  const fence = "`".repeat(longest + 1);
  const name = language && language !== "unknown" ? language : "";
  return `${fence}${name}\n${code}\n${fence}`;
}

const firstLine = (name: string, asked: string): string =>
  `${name} ${asked.trim().split("\n")[0] ?? ""}`.trim().slice(0, 200);

const latestMs = 8.64e15;

function milliseconds(at: number | null | undefined): number | null {
  if (at === null || at === undefined || !(at > 0)) return null;
  const ms = Math.round(at * 1_000);
  return ms < latestMs ? ms : null;
}
