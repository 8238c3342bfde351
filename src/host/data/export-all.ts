// Every session as JSON and Markdown in one zip, with the attachments under names that people know.
import { join } from "node:path";
import { AttachmentRef, type SessionSummary } from "../../contract/session.ts";
import type { Store } from "../../core/ports.ts";
import type { Job } from "./job.ts";
import { writeZip, type ZipContents } from "./zip-file.ts";

export type ExportParts = {
  store: Pick<Store, "attachments" | "events" | "sessions">;
  exportSession(
    session: SessionSummary,
    format: "json" | "markdown",
  ): Promise<{ name: string; text: string }>;
};

export async function writeExport(parts: ExportParts, path: string, job: Job): Promise<void> {
  const { store } = parts;
  const all = [false, true].flatMap(
    (archived) => store.sessions({ archived, limit: Number.MAX_SAFE_INTEGER }).sessions,
  );
  // How long each will be is not known before: events are the measure.
  job.expect(all.reduce((sum, session) => sum + session.seq, 0));
  await writeZip(
    path,
    job.signal,
    () => undefined,
    async (zip) => {
      const names = uniqueNames();
      const written = new Set<string>();
      for (const session of all) {
        job.signal.throwIfAborted();
        await addSession(parts, zip, session, names);
        for (const file of attachmentsOf(store.events(session.sessionId, {})))
          await addAttachment(parts, zip, file, written);
        job.add(session.seq);
      }
    },
  );
}

async function addSession(
  { exportSession }: ExportParts,
  zip: ZipContents,
  session: SessionSummary,
  names: (wanted: string) => string,
): Promise<void> {
  const markdown = await exportSession(session, "markdown");
  const title = safeName(markdown.name.replace(/\.md$/, ""));
  const name = names(`${title} ${session.sessionId.slice(-8)}`);
  zip.addText(`sessions/${name}.md`, markdown.text);
  zip.addText(`sessions/${name}.aetheria.json`, (await exportSession(session, "json")).text);
}

async function addAttachment(
  { store }: ExportParts,
  zip: ZipContents,
  { sha256, name }: AttachmentRef,
  written: Set<string>,
): Promise<void> {
  if (written.has(sha256)) return;
  written.add(sha256);
  const path = pathOf(store, sha256);
  // The sum before the name makes it unique.
  if (path) await zip.addFile(path, `attachments/${sha256.slice(0, 16)} ${safeName(name)}`, false);
}

function pathOf(store: ExportParts["store"], sha256: string): string | null {
  try {
    return join(store.attachments.path(sha256));
  } catch {
    return null; // it was deleted: the session still names it
  }
}

/** Every reference in the events, wherever an event carries one, and however deep: what a model gave
 * a tool has no bottom. */
function* attachmentsOf(events: unknown): Generator<AttachmentRef> {
  const open = [events];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== "object" || value === null) continue;
    const found = AttachmentRef.safeParse(value);
    if (found.success) yield found.data;
    else for (const inner of Object.values(value).reverse()) open.push(inner);
  }
}

/** Fit for every file system and not misleading: no separators, no control or direction marks. */
export function safeName(name: string): string {
  const plain = name
    .normalize("NFC")
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}]/gu, "")
    .replace(/[<>:"/\\|?*\s]+/g, " ")
    .trim();
  const dot = plain.lastIndexOf(".");
  const ending = dot > 0 && plain.length - dot <= 12 ? plain.slice(dot) : "";
  const stem = [...(ending === "" ? plain : plain.slice(0, dot))].slice(0, 60).join("");
  return `${stem}${ending}`.replace(/[. ]+$/, "") || "unnamed";
}

/** Also where capital letters make no difference. */
function uniqueNames(): (wanted: string) => string {
  const taken = new Set<string>();
  return (wanted) => {
    for (let n = 1; ; n += 1) {
      const name = n === 1 ? wanted : `${wanted} ${n}`;
      if (taken.has(name.toLowerCase())) continue;
      taken.add(name.toLowerCase());
      return name;
    }
  };
}
