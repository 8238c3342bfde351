// A file that a person imports: one session of ours, ChatGPT's conversations.json, or a zip of either.
// Sessions are kept one by one with a pause between, so that the host answers meanwhile.
import { AetheriaError } from "../../contract/errors.ts";
import type { SessionEvent } from "../../contract/events.ts";
import type { AttachmentRef, SessionSummary } from "../../contract/session.ts";
import type { Settings } from "../../contract/settings.ts";
import type { Attachments } from "../../core/ports.ts";
import { importedEvents } from "./imported-events.ts";
import { importJson } from "./transfer.ts";
import { chatGptEvents } from "./transfer-chatgpt.ts";
import { Conversation } from "./transfer-chatgpt-format.ts";
import { listElements, readJson } from "./transfer-json.ts";
import { isZip, openZip, type ZipFiles } from "./transfer-zip.ts";

export type ImportPorts = {
  attachments: Attachments;
  here: Pick<Settings, "mode" | "workspace">;
  newId: () => string;
  now: () => number;
  /** Stores one session under a new id. */
  keep: (events: SessionEvent[]) => SessionSummary;
};

export type Imported = { sessions: SessionSummary[]; skipped: number };

const maxImageBytes = 25 * 1024 * 1024;
const maxJsonBytes = 300 * 1024 * 1024;

export async function importFile(bytes: Uint8Array, ports: ImportPorts): Promise<Imported> {
  if (isZip(bytes)) return importZip(await openZip(bytes), ports);
  if (firstSign(bytes) === "[") return importConversations([bytes], noFile, ports);
  return { sessions: [await importOwn(bytes, ports)], skipped: 0 };
}

async function importOwn(bytes: Uint8Array, ports: ImportPorts): Promise<SessionSummary> {
  const events = await importJson(Buffer.from(bytes).toString("utf8"), ports.attachments);
  return ports.keep(importedEvents(events, ports.here));
}

async function importZip(zip: ZipFiles, ports: ImportPorts): Promise<Imported> {
  const lists = zip.names.filter((name) => /(^|\/)conversations(-\d+)?\.json$/.test(name)).sort();
  const own = zip.names.filter((name) => name.endsWith(".aetheria.json"));
  if (lists.length === 0 && own.length === 0) throw notAnExport();
  const imported = await importOwnOnes(zip, own, ports);
  if (lists.length === 0) return imported;
  const parts: Buffer[] = [];
  let left = maxJsonBytes;
  for (const name of lists) {
    const part = await zip.read(name, left);
    left -= part.length;
    parts.push(part);
  }
  const others = await importConversations(parts, filesIn(zip, ports.attachments), ports);
  const sessions = [...imported.sessions, ...others.sessions];
  return { sessions, skipped: imported.skipped + others.skipped };
}

async function importOwnOnes(
  zip: ZipFiles,
  names: string[],
  ports: ImportPorts,
): Promise<Imported> {
  const sessions: SessionSummary[] = [];
  for (const name of names) {
    const events = await zip
      .read(name)
      .then((bytes) => importOwn(bytes, ports))
      .catch(skipBadInput);
    if (events) sessions.push(events);
    await pause();
  }
  return { sessions, skipped: names.length - sessions.length };
}

async function importConversations(
  lists: Uint8Array[],
  file: (id: string) => Promise<AttachmentRef | null>,
  ports: ImportPorts,
): Promise<Imported> {
  const { newId, now, here, attachments: _attachments, keep } = ports;
  const sessions: SessionSummary[] = [];
  let skipped = 0;
  for (const list of lists)
    for (const element of listElements(list)) {
      const conversation = Conversation.safeParse(readJson(element));
      await pause();
      if (!conversation.success) skipped += 1;
      else {
        const own = { newId, now, file, mode: here.mode };
        sessions.push(keep(importedEvents(await chatGptEvents(conversation.data, own), here)));
      }
    }
  if (sessions.length === 0) throw notAnExport();
  return { sessions, skipped };
}

/** Pictures lie in the zip under their id and maybe a name: `file-AbC-cat.png`, `user-1/file_00ab.png`. */
function filesIn(zip: ZipFiles, attachments: Attachments) {
  const byId = new Map<string, string>();
  for (const name of zip.names) {
    const id = /(?:^|\/)(file[-_][A-Za-z0-9]+)/.exec(name)?.[1];
    if (id !== undefined) byId.set(id, name);
  }
  return async (id: string): Promise<AttachmentRef | null> => {
    const name = byId.get(id);
    if (name === undefined) return null;
    const bytes = await zip.read(name, maxImageBytes).catch(skipBadInput);
    if (!bytes) return null;
    const short = (name.split("/").at(-1) ?? name).replace(/^file[-_][A-Za-z0-9]+-(?=.)/, "");
    return attachments.put(bytes, short.slice(-255), mimeOf(short));
  };
}

const mimes: Readonly<Record<string, string>> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  pdf: "application/pdf",
  txt: "text/plain",
  md: "text/markdown",
  csv: "text/csv",
  json: "application/json",
};

const mimeOf = (name: string): string =>
  mimes[name.split(".").at(-1)?.toLowerCase() ?? ""] ?? "application/octet-stream";

const noFile = () => Promise.resolve(null);

/** Damaged or too large: the rest is still worth having. A full disk is not swallowed. */
function skipBadInput(error: unknown): null {
  const isBad =
    error instanceof AetheriaError && (error.code === "bad_input" || error.code === "too_large");
  if (isBad) return null;
  throw error;
}

function firstSign(bytes: Uint8Array): string {
  const start = Buffer.from(bytes.subarray(0, 1_000))
    .toString("utf8")
    .replace(/^\ufeff/, "");
  return start.trimStart()[0] ?? "";
}

const pause = () => new Promise<void>((resolve) => setImmediate(resolve));

const notAnExport = (): AetheriaError =>
  new AetheriaError("bad_input", "There is no conversation in this file that can be read.", {
    hint: "Choose a session exported by Aetheria, or ChatGPT's conversations.json or its zip.",
  });
