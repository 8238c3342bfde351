// Before the history overflows the model's real window, its older part is told in a summary. The
// original stays in the log; the person sees that it happened.
import type { ModelRef } from "../../contract/session.ts";
import type { RunId } from "../../contract/ids.ts";
import type { Model, ModelMessage, ModelUsage } from "../ports.ts";
import { cut } from "./context.ts";
import type { RunPorts } from "./run-ports.ts";
import { tokensOf } from "./tokens.ts";
import type { Entry, Transcript } from "./transcript.ts";

/** Share of the window that may be filled before older history is compacted. */
export const fullShare = 0.8;
/** Share of the window that the kept, newest part may take. */
const keptShare = 0.3;

const charsOf = (entry: Entry): number => {
  if (entry.kind === "person") return entry.text.length + entry.attachments.length * 4_000;
  if (entry.kind === "by_hand") return entry.call.result?.text.length ?? 0;
  const calls = entry.calls.map(
    (c) => (c.result?.text.length ?? 0) + JSON.stringify(c.input).length,
  );
  return entry.text.length + calls.reduce((sum, length) => sum + length, 0);
};

/** The entries to be told in a summary: all but the newest that fit the kept share. Never empty the
 * other way round: at least the newest entry is kept. null: nothing can be compacted. */
export function olderPart(transcript: Transcript, windowTokens: number): Entry[] | null {
  const budget = windowTokens * keptShare * 3.5;
  let kept = 0;
  let from = transcript.entries.length - 1;
  while (from > 0) {
    const entry = transcript.entries[from - 1];
    kept += charsOf(
      transcript.entries[from] ?? { kind: "person", seq: 0, text: "", attachments: [] },
    );
    if (!entry || kept + charsOf(entry) > budget) break;
    from--;
  }
  return from <= 0 ? null : transcript.entries.slice(0, from);
}

const order =
  "Summarise the conversation below for yourself, so that you can go on with it. Keep: what the person wants, decisions, facts found with their numbers and file names, what was changed, what is open. Leave out pleasantries. At most 600 words.";

/** Compacts and logs it. Returns false when there is nothing older to compact. Falls back to a plain
 * extract when the model cannot summarise. */
export async function compact(
  ports: RunPorts,
  runId: RunId,
  ref: ModelRef,
  windowTokens: number,
  tokensBefore: number,
  signal: AbortSignal,
): Promise<boolean> {
  const transcript = ports.transcript();
  const older = olderPart(transcript, windowTokens);
  const last = older?.[older.length - 1];
  if (!older || !last) return false;
  ports.live({ type: "run.status", runId, status: "compacting" });
  const told = tellable(transcript, older, windowTokens);
  const { text: summary, usage } = await summarise(ports, ref, told, signal);
  const uptoSeq = last.seq;
  const saved = older.reduce((sum, entry) => sum + Math.ceil(charsOf(entry) / 3.5), 0);
  const tokensAfter = Math.max(0, tokensBefore - saved + tokensOf(summary));
  const cost = { ...usage, costUsd: ports.models.cost(ref, usage) };
  const data = { runId, uptoSeq, summary, tokensBefore, tokensAfter, usage: cost };
  ports.append([{ type: "context.compacted", data }], "normal");
  return true;
}

function tellable(transcript: Transcript, older: Entry[], windowTokens: number): string {
  const parts = older.map((entry) => {
    if (entry.kind === "person") return `Person: ${cut(entry.text, 4_000)}`;
    if (entry.kind === "by_hand") return `Person ran ${entry.call.name}: ${resultOf(entry.call)}`;
    const calls = entry.calls.map((call) => `Tool ${call.summary}: ${resultOf(call)}`);
    return [`You: ${cut(entry.text, 4_000)}`, ...calls].join("\n");
  });
  if (transcript.summary) parts.unshift(`Earlier summary: ${transcript.summary.text}`);
  return cut(parts.join("\n\n"), Math.floor(windowTokens * 0.6 * 3.5));
}

const resultOf = (call: { result: { text: string } | null }): string =>
  cut(call.result?.text ?? "(did not finish)", 800);

async function summarise(
  ports: RunPorts,
  ref: ModelRef,
  told: string,
  signal: AbortSignal,
): Promise<{ text: string; usage: ModelUsage }> {
  let usage: ModelUsage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0 };
  const message: ModelMessage = { role: "user", parts: [{ type: "text", text: told }] };
  try {
    const model: Model = ports.models.open(ref);
    let summary = "";
    const request = { instructions: order, messages: [message], tools: [], cacheKey: "compaction" };
    let isWhole = false;
    for await (const chunk of model.stream(request, signal)) {
      if (chunk.type === "text") summary += chunk.text;
      if (chunk.type === "usage") usage = chunk.usage;
      if (chunk.type === "end") isWhole = chunk.reason === "stop";
    }
    if (isWhole && summary.trim() !== "") return { text: summary.trim(), usage };
  } catch (error) {
    if (signal.aborted) throw error;
  }
  return { text: `(An extract; no summary could be made.)\n${cut(told, 6_000)}`, usage };
}
