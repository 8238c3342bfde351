// Everything that comes in on a stream, as text.
import type { InStream } from "./io.ts";

export async function readAll(stream: InStream): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const piece of stream)
    text += typeof piece === "string" ? piece : decoder.decode(piece, { stream: true });
  return text + decoder.decode();
}
