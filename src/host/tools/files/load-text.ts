// Loads a text file whole, with its encoding, for tools that change or compare it.
import type { FileHandle } from "node:fs/promises";
import { AetheriaError } from "../../../contract/errors.ts";
import { decodeText, encodeText, guessEncoding, headBytes } from "../documents/text-encoding.ts";
import type { Encoding } from "../documents/text-encoding.ts";
import { sizeText } from "../amounts.ts";
import { told } from "./file-problem.ts";
import { openInside } from "./guarded-open.ts";
import type { WorkspacePath } from "./workspace-path.ts";

export const maxTextBytes = 20_000_000;

type Decoded = {
  text: string;
  encoding: Encoding;
  /** Saved again unchanged, every byte would be the same. */
  isExact: boolean;
};
/** `decoded` is null for a file that is not text or too large to be compared. */
export type LoadedText = { sizeBytes: number; decoded: Decoded | null };

export async function loadText(place: WorkspacePath): Promise<LoadedText> {
  const handle = await openInside(place);
  try {
    const { size: sizeBytes } = await handle.stat();
    if (sizeBytes > maxTextBytes) return { sizeBytes, decoded: null };
    return { sizeBytes, decoded: decodeWhole(await told(place.shown, () => handle.readFile())) };
  } finally {
    await handle.close();
  }
}

/** null: not text. */
export function decodeWhole(bytes: Uint8Array): Decoded | null {
  const encoding = guessEncoding(bytes, true);
  if (encoding === null) return null;
  const text = decodeText(bytes, encoding);
  const again = encodeText(text, encoding);
  return { text, encoding, isExact: again !== null && Buffer.compare(again, bytes) === 0 };
}

/** The same, but throws where there is no text, or none that could be saved without damage. */
export async function loadTextToEdit(place: WorkspacePath): Promise<Decoded> {
  const { decoded, sizeBytes } = await loadText(place);
  if (decoded?.isExact) return decoded;
  if (sizeBytes > maxTextBytes)
    throw new AetheriaError("too_large", `“${place.shown}” is too large to edit.`, {
      hint: `It has ${sizeText(sizeBytes)}; files up to ${sizeText(maxTextBytes)} can be edited.`,
    });
  const what = decoded === null ? "is not a text file" : "has bytes that an edit would damage";
  throw new AetheriaError("bad_input", `“${place.shown}” ${what}.`, {
    hint: "write_file replaces a whole file.",
  });
}

export async function readHead(handle: FileHandle): Promise<Uint8Array> {
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
  return buffer.subarray(0, bytesRead);
}
