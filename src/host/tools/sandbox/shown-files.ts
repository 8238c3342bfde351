// What a run made to be looked at, as cards of the conversation: figures and tables it displayed, and
// pictures and tables that it wrote into the workspace.
import type { ArtifactKind } from "../../../contract/events.ts";
import type { AttachmentRef } from "../../../contract/session.ts";
import { Sha256 } from "../../../contract/ids.ts";
import type { FileEffect } from "../../../contract/tool.ts";
import type { Attachments, ToolResult } from "../../../core/ports.ts";
import type { RunPiece } from "../../../core/sandbox-ports.ts";

export type Artifact = NonNullable<ToolResult["artifacts"]>[number];
type Display = Extract<RunPiece, { type: "display" }>;

/** A loop that draws: the rest is in the workspace or not at all. */
export const maxShown = 20;
const maxDisplayBytes = 20_000_000;

/** null: too much, or not to be kept. */
export async function displayed(
  attachments: Attachments,
  { bytes, name, mime, title }: Display,
): Promise<Artifact | null> {
  if (bytes.length > maxDisplayBytes) return null;
  const file = await attachments.put(bytes, plainName(name), mime);
  return { kind: kindOf(mime, name, true), title: title === "" ? file.name : title, file };
}

type Shown = { kind: ArtifactKind; mime: string };

/** By the ending of a file's name. */
const shownKinds: Readonly<Record<string, Shown>> = {
  png: { kind: "image", mime: "image/png" },
  jpg: { kind: "image", mime: "image/jpeg" },
  jpeg: { kind: "image", mime: "image/jpeg" },
  gif: { kind: "image", mime: "image/gif" },
  webp: { kind: "image", mime: "image/webp" },
  svg: { kind: "image", mime: "image/svg+xml" },
  csv: { kind: "table", mime: "text/csv" },
  tsv: { kind: "table", mime: "text/tab-separated-values" },
  xlsx: {
    kind: "table",
    mime: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  },
  pdf: { kind: "document", mime: "application/pdf" },
};

/** Files of the workspace whose content is kept already: the journal did. */
export async function written(
  attachments: Attachments,
  effects: readonly FileEffect[],
): Promise<Artifact[]> {
  const found: Artifact[] = [];
  for (const { path, after } of effects) {
    const shown = shownKinds[path.slice(path.lastIndexOf(".") + 1).toLowerCase()];
    const sha256 = Sha256.safeParse(after);
    if (!shown || !sha256.success || found.length >= maxShown) continue;
    const file = await refOf(attachments, sha256.data, path, shown.mime);
    if (file) found.push({ kind: shown.kind, title: path, file });
  }
  return found;
}

async function refOf(
  attachments: Attachments,
  sha256: Sha256,
  path: string,
  mime: string,
): Promise<AttachmentRef | null> {
  const kept = await attachments.get(sha256, 0, 0).catch(() => null);
  if (kept === null || kept.sizeBytes === 0) return null;
  const name = plainName(path.slice(path.lastIndexOf("/") + 1));
  return { sha256, name, mime, sizeBytes: kept.sizeBytes };
}

function kindOf(mime: string, name: string, isDrawn: boolean): ArtifactKind {
  if (mime.startsWith("image/")) return isDrawn && name.startsWith("figure") ? "chart" : "image";
  if (mime === "text/csv" || mime === "text/tab-separated-values") return "table";
  if (mime === "text/html") return "page";
  return mime === "application/pdf" ? "document" : "code";
}

/** The same picture drawn and saved is one card. */
export function withoutDoubles(artifacts: readonly Artifact[]): Artifact[] {
  const seen = new Set<string>();
  return artifacts
    .filter(({ file }) => !seen.has(file.sha256) && seen.add(file.sha256))
    .slice(0, maxShown);
}

const plainName = (name: string): string => {
  const plain = name.replace(/[\p{Cc}\p{Cf}/\\]+/gu, "_").slice(-200);
  return plain === "" ? "file" : plain;
};
