// What people and models write into a program inside.
import { credit } from "./frame.ts";
import type { Channel } from "./line.ts";

const mostWaiting = 8 * 1024 * 1024;

/** Input within the credit of the other side; what the program does not read yet waits here. */
export function inputOver(channel: () => Channel) {
  let room = credit;
  let waiting = Buffer.alloc(0);
  let ending = false;
  let sentEnd = false;
  const flush = () => {
    const piece = waiting.subarray(0, room);
    if (piece.length > 0) {
      room -= piece.length;
      waiting = waiting.subarray(piece.length);
      channel().send("I", piece);
    }
    if (!ending || sentEnd || waiting.length > 0) return;
    sentEnd = true;
    channel().send("E");
  };
  return {
    /** False: too much is waiting already, it was not taken. */
    write: (bytes: Buffer): boolean => {
      if (waiting.length + bytes.length > mostWaiting) return false;
      waiting = Buffer.concat([waiting, bytes]);
      flush();
      return true;
    },
    end: () => {
      ending = true;
      flush();
    },
    taken: (bytes: number) => {
      room += bytes;
      flush();
    },
  };
}
