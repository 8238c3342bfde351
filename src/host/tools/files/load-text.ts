// Loads a text file whole, with its encoding, for tools that change or compare it.
import type { FileHandle } from "node:fs/promises";
import { AetheriaError } from "../../../contract/errors.ts";
import { decodeText, guessEncoding } from "../documents/text-encoding.ts";
import type { Encoding } from "../documents/text-encoding.ts";
import { headBytes } from "../documents/file-kind.ts";
import { sizeText } from "./amounts.ts";
import { told } from "./file-problem.ts";
import { openInside } from "./guarded-open.ts";
import type { WorkspacePath } from "./workspace-path.ts";

const maxBytes = 20_000_000;

/** `text` is null for a file that is not text or too large to be compared. */
export type LoadedText = { sizeBytes: number; text: string | null; encoding: Encoding | null };

export async function loadText(place: WorkspacePath): Promise<LoadedText> {
  const handle = await openInside(place);
  try {
    const { size } = await handle.stat();
    if (size > maxBytes) return { sizeBytes: size, text: null, encoding: null };
    const bytes = await told(place.shown, () => handle.readFile());
    const encoding = guessEncoding(bytes.subarray(0, headBytes));
    const text = encoding === null ? null : decodeText(bytes, encoding);
    return { sizeBytes: bytes.length, text, encoding };
  } finally {
    await handle.close();
  }
}

/** The same, but throws where there is no text. */
export async function loadTextToEdit(
  place: WorkspacePath,
): Promise<{ text: string; encoding: Encoding }> {
  const { text, encoding, sizeBytes } = await loadText(place);
  if (text !== null && encoding !== null) return { text, encoding };
  if (sizeBytes > maxBytes)
    throw new AetheriaError(
      "too_large",
      `“${place.shown}” is too large to edit (${sizeText(sizeBytes)}).`,
      {
        hint: `Files up to ${sizeText(maxBytes)} can be edited.`,
      },
    );
  throw new AetheriaError("bad_input", `“${place.shown}” is not a text file.`, {
    hint: "Only text can be edited. write_file replaces a whole file.",
  });
}

export async function readHead(handle: FileHandle): Promise<Uint8Array> {
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
  return buffer.subarray(0, bytesRead);
}
