// Turns a document into what a model can be shown. Owns the size and time limits; the parsers of
// PDF, Word, Excel and HTML run in a worker that is ended when a hostile file makes them hang or grow.
import { basename } from "node:path";
import { open, stat } from "node:fs/promises";
import { Worker } from "node:worker_threads";
import * as z from "zod";
import type { ReadableAttachment } from "../../../core/ports.ts";
import { cutText } from "./cut-text.ts";
import { kindOf } from "./file-kind.ts";
import type { FileKind } from "./file-kind.ts";
import { decodeText, guessEncoding, headBytes } from "./text-encoding.ts";

export const maxImageBytes = 20_000_000;
export const maxDocumentBytes = 100_000_000;
const timeoutMs = 30_000;
const workerMemoryMb = 768;
/** A character takes at most this many bytes in the encodings that are understood. */
const bytesPerChar = 4;

export type DocumentSource = ({ bytes: Uint8Array } | { path: string }) & {
  name: string;
  mime: string;
};
export type DocumentJob = { kind: FileKind["kind"]; bytes: Uint8Array; maxChars: number };

const Answer = z.union([z.object({ text: z.string() }), z.object({ why: z.string() })]);

/** Never throws, except when aborted: what cannot be read is `none`, with a sentence. */
export async function readDocument(
  source: DocumentSource,
  maxChars: number,
  signal?: AbortSignal,
): Promise<ReadableAttachment> {
  signal?.throwIfAborted();
  try {
    return await readKind(source, maxChars, signal);
  } catch (error) {
    signal?.throwIfAborted();
    return none(`${basename(source.name)} could not be opened (${messageOf(error)}).`);
  }
}

async function readKind(source: DocumentSource, maxChars: number, signal?: AbortSignal) {
  const head = await bytesOf(source, headBytes);
  const kind = kindOf(head, source.name, source.mime);
  const sizeBytes = "bytes" in source ? source.bytes.length : (await stat(source.path)).size;
  if (sizeBytes === 0) return { kind: "text", text: "(an empty file)" } as const;
  if (kind.kind === "binary") return none(`${source.name} is ${kind.title}, which cannot be read.`);
  if (kind.kind === "image") return readImage(source, kind.mime, sizeBytes);
  if (kind.kind === "text" || kind.kind === "csv")
    return readText(source, head, sizeBytes, maxChars, kind.kind);
  if (sizeBytes > maxDocumentBytes)
    return none(`${source.name} is too large to be read: the limit is 100 MB.`);
  const bytes = await bytesOf(source, maxDocumentBytes);
  return parseInWorker({ kind: kind.kind, bytes, maxChars }, source.name, signal);
}

async function readImage(source: DocumentSource, mime: string, sizeBytes: number) {
  if (sizeBytes > maxImageBytes)
    return none(`${source.name} is too large to be shown: the limit for pictures is 20 MB.`);
  return { kind: "image", mime, bytes: await bytesOf(source, maxImageBytes) } as const;
}

async function readText(
  source: DocumentSource,
  head: Uint8Array,
  sizeBytes: number,
  maxChars: number,
  kind: "text" | "csv",
) {
  const bytes = await bytesOf(source, (maxChars + 1) * bytesPerChar);
  const text = decodeText(bytes, guessEncoding(head) ?? "utf-8");
  if (text.length <= maxChars && bytes.length === sizeBytes) return { kind: "text", text } as const;
  return {
    kind: "text",
    text: cutText(text, maxChars, kind === "csv" ? "rows" : "lines"),
  } as const;
}

async function bytesOf(source: DocumentSource, maxBytes: number): Promise<Uint8Array> {
  if ("bytes" in source) return source.bytes.subarray(0, maxBytes);
  const handle = await open(source.path, "r");
  try {
    const length = Math.min((await handle.stat()).size, maxBytes);
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

// ── Worker ───────────────────────────────────────────────────────────────────────────────────────

function parseInWorker(
  job: DocumentJob,
  name: string,
  signal?: AbortSignal,
): Promise<ReadableAttachment> {
  const worker = new Worker(new URL("./document.worker.ts", import.meta.url), {
    workerData: job,
    resourceLimits: { maxOldGenerationSizeMb: workerMemoryMb },
    stdout: true,
    stderr: true,
  });
  return new Promise<ReadableAttachment>((resolve, reject) => {
    const fail = (why: string) => resolve(none(`${name} ${why}`));
    const timer = setTimeout(() => fail("took too long to read; it may be damaged."), timeoutMs);
    const abort = () => reject(signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    if (signal?.aborted) abort();
    worker.once("message", (message) => resolve(readAnswer(message, name)));
    worker.once("error", (error) => fail(failure(error)));
    worker.once("exit", () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      fail("could not be read: its reader stopped.");
    });
  }).finally(() => worker.terminate());
}

function readAnswer(message: unknown, name: string): ReadableAttachment {
  const answer = Answer.parse(message);
  return "text" in answer ? { kind: "text", text: answer.text } : none(`${name} ${answer.why}`);
}

function failure(error: unknown): string {
  const isMemory =
    error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
  if (isMemory) return "needs too much memory to be read.";
  return `could not be read (${messageOf(error)}).`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function none(why: string): ReadableAttachment {
  return { kind: "none", why };
}
