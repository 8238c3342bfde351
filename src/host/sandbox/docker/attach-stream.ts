// What an engine sends of a container without a terminal: pieces of stdout and stderr in turn, each after
// eight bytes that say which it is and how long. Nothing is copied or kept; a slow reader slows the engine.
// https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerAttach
import { Transform, type TransformCallback } from "node:stream";

const headerBytes = 8;
const stderrStream = 2;

/** Passes stdout on. `onStderr` gets the rest: what the container's own start had to say. */
export function stdoutOf(onStderr: (bytes: Buffer) => void): Transform {
  const header = Buffer.alloc(headerBytes);
  let headerHas = 0;
  let payloadLeft = 0;

  return new Transform({
    transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback) {
      let at = 0;
      while (at < chunk.length) {
        if (payloadLeft === 0) {
          const taken = chunk.copy(header, headerHas, at, at + headerBytes - headerHas);
          at += taken;
          headerHas += taken;
          if (headerHas < headerBytes) break;
          headerHas = 0;
          payloadLeft = header.readUInt32BE(4);
          continue;
        }
        const piece = chunk.subarray(at, at + payloadLeft);
        at += piece.length;
        payloadLeft -= piece.length;
        if (header[0] === stderrStream) onStderr(piece);
        else this.push(piece);
      }
      done();
    },
  });
}
