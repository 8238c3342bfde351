// Frames, as they go over the line: payload length, channel, kind (one ASCII letter), payload.

export type Frame = { channel: number; kind: string; payload: Buffer };

const headerBytes = 9;
/** What comes from behind the wall is believed in nothing: a longer frame is no frame. */
export const longestFrame = 2 * 1024 * 1024;

/** What one side may send on a channel before the other has taken it. */
export const credit = 256 * 1024;

export function encodeFrame(channel: number, kind: string, payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(headerBytes + payload.byteLength);
  frame.writeUInt32BE(payload.byteLength, 0);
  frame.writeUInt32BE(channel, 4);
  frame[8] = kind.charCodeAt(0);
  frame.set(payload, headerBytes);
  return frame;
}

export function encodeJson(channel: number, kind: string, value: unknown): Buffer {
  return encodeFrame(channel, kind, Buffer.from(JSON.stringify(value)));
}

/** Cuts a stream of bytes into frames. Throws RangeError for what cannot be one. */
export function frameReader(): (bytes: Buffer) => Frame[] {
  let parts: Buffer[] = [];
  let size = 0;
  return (bytes) => {
    parts.push(bytes);
    size += bytes.length;
    const frames: Frame[] = [];
    if (size < wanted(parts, size)) return frames;
    let all = parts.length === 1 ? bytes : Buffer.concat(parts, size);
    while (all.length >= headerBytes) {
      const length = all.readUInt32BE(0);
      if (length > longestFrame) throw new RangeError(`A frame of ${length} bytes.`);
      if (all.length < headerBytes + length) break;
      frames.push({
        channel: all.readUInt32BE(4),
        kind: String.fromCharCode(all[8] ?? 0),
        payload: all.subarray(headerBytes, headerBytes + length),
      });
      all = all.subarray(headerBytes + length);
    }
    parts = all.length === 0 ? [] : [all];
    size = all.length;
    return frames;
  };
}

/** How many bytes the next frame needs, so that the pieces of a long one are joined only once. */
function wanted(parts: Buffer[], size: number): number {
  const first = parts[0];
  if (size < headerBytes || first === undefined || first.length < headerBytes) return headerBytes;
  const length = first.readUInt32BE(0);
  if (length > longestFrame) throw new RangeError(`A frame of ${length} bytes.`);
  return headerBytes + length;
}
