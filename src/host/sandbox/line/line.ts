// The host's end of the line to a supervisor: frames over any pair of streams, channels with credit
// in both directions. Knows nothing of what runs there.
import type { Readable, Writable } from "node:stream";
import { encodeFrame, encodeJson, frameReader, type Frame } from "./frame.ts";

export type ChannelEvents = {
  /** Frames of this channel, in order; the credit is returned with `taken`. */
  frame(kind: string, payload: Buffer): void;
  /** The line ended before the channel did. */
  lost(): void;
};

export interface Channel {
  readonly number: number;
  send(kind: string, payload?: Uint8Array): void;
  sendJson(kind: string, value: unknown): void;
  /** So many bytes of it were used up: as many more may come. */
  taken(bytes: number): void;
  close(): void;
}

export type LineOptions = {
  input: Writable;
  output: Readable;
  /** A frame of channel 0. */
  onControl(kind: string, payload: Buffer): void;
  /** The other side opened a channel; null refuses it. */
  onOpened(channel: Channel, kind: string, payload: Buffer): ChannelEvents | null;
  /** Called once: the streams ended, or what came was no frame. */
  onEnd(problem: Error | null): void;
};

export interface Line {
  open(events: ChannelEvents): Channel;
  control(kind: string, value: unknown): void;
  readonly ended: boolean;
  /** Ends the stream to the supervisor, which then ends everything. */
  end(): void;
}

export function openLine(options: LineOptions): Line {
  const { input, output } = options;
  const channels = new Map<number, ChannelEvents>();
  const read = frameReader();
  let next = 1;
  let ended = false;

  const write = (frame: Buffer) => {
    if (!ended && input.writable) input.write(frame);
  };
  const end = (problem: Error | null) => {
    if (ended) return;
    ended = true;
    for (const events of [...channels.values()]) events.lost();
    channels.clear();
    options.onEnd(problem);
  };
  const channel = (number: number): Channel => ({
    number,
    send: (kind, payload = new Uint8Array()) => write(encodeFrame(number, kind, payload)),
    sendJson: (kind, value) => write(encodeJson(number, kind, value)),
    taken: (bytes) => {
      const count = Buffer.allocUnsafe(4);
      count.writeUInt32BE(bytes);
      write(encodeFrame(number, "W", count));
    },
    close: () => void channels.delete(number),
  });
  const handle = ({ channel: number, kind, payload }: Frame) => {
    if (number === 0) return options.onControl(kind, payload);
    const events = channels.get(number);
    if (events !== undefined) return events.frame(kind, payload);
    // Even numbers are the other side's to open; what comes late for one of ours is let go.
    if (number % 2 === 1 || kind !== "N") return;
    const opened = channel(number);
    const made = options.onOpened(opened, kind, payload);
    if (made === null) opened.send("K");
    else channels.set(number, made);
  };

  output.on("data", (bytes: Buffer) => {
    try {
      for (const frame of read(bytes)) handle(frame);
    } catch (error) {
      input.destroy();
      output.destroy();
      end(error instanceof Error ? error : new Error(String(error)));
    }
  });
  output.on("end", () => end(null));
  output.on("close", () => end(null));
  output.on("error", (error) => end(error));
  // A closed pipe: `end` of the output tells the same.
  input.on("error", () => undefined);

  return {
    open: (events) => {
      const number = next;
      next += 2;
      channels.set(number, events);
      return channel(number);
    },
    control: (kind, value) => write(encodeJson(0, kind, value)),
    get ended() {
      return ended;
    },
    end: () => void input.end(),
  };
}
