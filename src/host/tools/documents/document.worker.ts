// The thread in which documents are parsed: one job, one answer, then it is over.
import { parentPort, workerData } from "node:worker_threads";
import type { DocumentJob } from "./read-document.ts";
import { UnreadableDocument } from "./unreadable-document.ts";

async function read(job: DocumentJob): Promise<string> {
  const bytes = new Uint8Array(job.bytes);
  if (job.kind === "pdf") return (await import("./pdf-text.ts")).pdfText(bytes, job.maxChars);
  if (job.kind === "docx") return (await import("./docx-text.ts")).docxText(bytes, job.maxChars);
  if (job.kind === "xlsx") return (await import("./xlsx-text.ts")).xlsxText(bytes, job.maxChars);
  return (await import("./html-text.ts")).htmlBytesText(bytes, job.maxChars);
}

async function answer(job: DocumentJob): Promise<{ text: string } | { why: string }> {
  try {
    return { text: await read(job) };
  } catch (error) {
    if (error instanceof UnreadableDocument) return { why: error.message };
    // What a parser says about its own innards helps nobody who only has the file.
    return { why: "is damaged, or of a kind that cannot be read." };
  }
}

parentPort?.postMessage(await answer(workerData));
