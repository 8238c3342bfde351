// A connection that code inside made to the proxy, as a stream.
import { Duplex } from "node:stream";
import { credit } from "./frame.ts";
import type { Channel, ChannelEvents } from "./line.ts";

export function connectionOver(channel: Channel): { stream: Duplex; events: ChannelEvents } {
  let room = credit;
  let waiting: { bytes: Buffer; done: () => void } | null = null;
  const flush = () => {
    while (waiting !== null && room > 0) {
      const { bytes, done } = waiting;
      const piece = bytes.subarray(0, room);
      room -= piece.length;
      channel.send("I", piece);
      waiting = piece.length < bytes.length ? { bytes: bytes.subarray(piece.length), done } : null;
      if (waiting === null) done();
    }
  };
  const stream = new Duplex({
    allowHalfOpen: true,
    // Bytes arrive within the credit; each is paid back when it is read.
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      waiting = { bytes: Buffer.from(chunk), done: () => done() };
      flush();
    },
    final: (done) => {
      channel.send("E");
      done();
    },
    destroy: (error, done) => {
      channel.send("K");
      channel.close();
      done(error);
    },
  });
  const push = stream.push.bind(stream);
  let unread = 0;
  // What was pushed and is no longer buffered has been read.
  const settle = () => {
    const used = unread - stream.readableLength;
    if (used <= 0) return;
    unread -= used;
    channel.taken(used);
  };
  stream._read = settle;
  return {
    stream,
    events: {
      frame: (kind, payload) => {
        if (kind === "O") {
          unread += payload.length;
          push(payload);
          settle();
        } else if (kind === "E") push(null);
        else if (kind === "W" && payload.length === 4) {
          room += payload.readUInt32BE(0);
          flush();
        }
      },
      lost: () => void stream.destroy(),
    },
  };
}
