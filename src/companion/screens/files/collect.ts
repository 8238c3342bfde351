// All files of a session, by where they came from; each once, the newest first. Pure.
import type { AttachmentRef } from "../../../contract/session.ts";
import type { ArtifactKind } from "../../../contract/events.ts";
import type { SessionView } from "../../../core/session/view.ts";

export type Found = { file: AttachmentRef; title: string; kind: ArtifactKind | "file" };
export type Collected = { made: Found[]; attached: Found[]; results: Found[] };

export function collectFiles({ items }: Pick<SessionView, "items">): Collected {
  const seen = new Set<string>();
  const found: Collected = { made: [], attached: [], results: [] };
  const take = (into: Found[], one: Found) => {
    if (seen.has(one.file.sha256)) return;
    seen.add(one.file.sha256);
    into.push(one);
  };
  const plain = (file: AttachmentRef): Found => ({ file, title: file.name, kind: "file" });
  // What is an artifact is listed as one, whichever step also names it.
  for (const item of items.toReversed())
    if (item.kind === "artifact") take(found.made, { ...item.artifact });
  for (const item of items.toReversed()) {
    if (item.kind === "message")
      for (const file of item.attachments) take(found.attached, plain(file));
    if (item.kind === "tool") for (const file of item.files) take(found.results, plain(file));
  }
  return found;
}
