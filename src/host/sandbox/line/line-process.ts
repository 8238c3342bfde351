// A command that was started and left to run: what it printed last, and its input.
import type { SandboxProcess } from "../../../contract/sandbox.ts";
import { inputOver } from "./line-input.ts";
import type { Channel, ChannelEvents } from "./line.ts";
import { End, Refused } from "./messages.ts";
import { refusal } from "./refusal.ts";

const keptCharacters = 1024 * 1024;

export type LineProcess = {
  shown(): SandboxProcess;
  output(from: number): { text: string; next: number; skippedBytes: number };
  input: ReturnType<typeof inputOver>;
  events: ChannelEvents;
  ended: Promise<void>;
  /** Rejects where it could not be started; resolves once it runs or has ended. */
  begun: Promise<void>;
};

export function lineProcess(
  processId: string,
  command: string,
  startedAt: number,
  channel: () => Channel,
): LineProcess {
  const kept = keptText();
  const input = inputOver(channel);
  const decoder = new TextDecoder();
  let exitCode: number | null = null;
  let running = true;
  const ended = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const finish = (code: number | null) => {
    kept.add(decoder.decode());
    exitCode = code;
    running = false;
    begun.resolve();
    ended.resolve();
  };
  return {
    shown: () => ({ processId, command, startedAt, exitCode, running }),
    output: (from) => kept.since(from),
    input,
    ended: ended.promise,
    begun: begun.promise,
    events: {
      frame: (kind, payload) => {
        if (kind === "O") {
          kept.add(decoder.decode(payload, { stream: true }));
          channel().taken(payload.length);
        } else if (kind === "W" && payload.length === 4) input.taken(payload.readUInt32BE(0));
        else if (kind === "B") begun.resolve();
        else if (kind === "X") finish(End.parse(JSON.parse(payload.toString())).exitCode);
        else if (kind === "F") {
          begun.reject(refusal(Refused.parse(JSON.parse(payload.toString())).problem));
          finish(null);
        }
      },
      lost: () => finish(null),
    },
  };
}

/** The last megabyte of a text that only grows; places in it count from its beginning. */
function keptText() {
  let parts: string[] = [];
  let first = 0;
  let length = 0;
  const trim = () => {
    const all = parts.join("");
    const cut = Math.max(0, all.length - keptCharacters);
    parts = [all.slice(cut)];
    first += cut;
    length = all.length - cut;
  };
  return {
    add: (text: string) => {
      if (text === "") return;
      parts.push(text);
      length += text.length;
      if (length > 2 * keptCharacters) trim();
    },
    since: (from: number) => {
      trim();
      const at = Math.max(from, first);
      const text = (parts[0] ?? "").slice(at - first);
      return { text, next: first + length, skippedBytes: Math.max(0, first - from) };
    },
  };
}
