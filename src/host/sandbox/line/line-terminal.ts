// A terminal over the line. What comes before somebody listens waits; nothing more comes than that.
import type { Terminal } from "../../../core/sandbox-ports.ts";
import { inputOver } from "./line-input.ts";
import type { Channel, Line } from "./line.ts";
import { End, Refused } from "./messages.ts";
import { refusal, sandboxEnded } from "./refusal.ts";

export async function openTerminalOver(
  line: Line,
  size: { cols: number; rows: number },
): Promise<Terminal> {
  const begun = Promise.withResolvers<void>();
  const waiting: Buffer[] = [];
  let listener: ((bytes: Uint8Array) => Promise<void> | void) | null = null;
  let onEnd: ((exitCode: number | null) => void) | null = null;
  let end: { exitCode: number | null } | null = null;
  let busy = false;

  const drain = async () => {
    if (busy) return;
    busy = true;
    for (let bytes = waiting.shift(); bytes !== undefined; bytes = waiting.shift()) {
      try {
        await listener?.(bytes);
      } catch {
        // Who listens can take no more: the terminal has nobody to show itself to.
        channel.send("K");
      }
      channel.taken(bytes.length);
    }
    busy = false;
    if (end !== null) onEnd?.(end.exitCode);
  };
  const finish = (exitCode: number | null) => {
    end ??= { exitCode };
    if (listener !== null || waiting.length === 0) void drain();
  };
  const input = inputOver(() => channel);
  const channel: Channel = line.open({
    frame: (kind, payload) => {
      if (kind === "O") {
        waiting.push(payload);
        if (listener !== null) void drain();
      } else if (kind === "B") begun.resolve();
      else if (kind === "W" && payload.length === 4) input.taken(payload.readUInt32BE(0));
      else if (kind === "X") {
        channel.close();
        finish(End.parse(JSON.parse(payload.toString())).exitCode);
      } else if (kind === "F")
        begun.reject(refusal(Refused.parse(JSON.parse(payload.toString())).problem));
    },
    lost: () => {
      begun.reject(sandboxEnded());
      finish(null);
    },
  });
  channel.sendJson("T", size);
  await begun.promise;
  return {
    write: (text) => void input.write(Buffer.from(text)),
    resize: (to) => channel.sendJson("Z", to),
    onOutput: (heard) => {
      listener = heard;
      void drain();
    },
    onEnd: (heard) => {
      onEnd = heard;
      if (end !== null && waiting.length === 0 && !busy) heard(end.exitCode);
    },
    close: () => channel.send("K"),
  };
}
