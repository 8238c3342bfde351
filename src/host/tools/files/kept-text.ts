// The text of a content that the journal kept; null when it is not text, too large, or gone.
import type { Sha256 } from "../../../contract/ids.ts";
import type { Attachments } from "../../../core/ports.ts";
import { decodeWhole, maxTextBytes } from "./load-text.ts";

export async function keptText(attachments: Attachments, sha256: Sha256): Promise<string | null> {
  const kept = await attachments.get(sha256, 0, maxTextBytes).catch(() => null);
  if (kept === null || kept.sizeBytes > maxTextBytes) return null;
  return decodeWhole(kept.bytes)?.text ?? null;
}
