// Runs page-markdown in a worker that is ended when the page makes it hang, grow, or nobody waits.
import { Worker } from "node:worker_threads";
import * as z from "zod";
import { AetheriaError } from "../../../contract/errors.ts";
import type { PageMarkdown } from "./page-markdown.ts";

const workerMemoryMb = 512;

const Answer = z.object({
  title: z.string(),
  canonicalUrl: z.string().nullable(),
  markdown: z.string(),
});

/** Rejects with the signal's reason when aborted, with bad_input when the page cannot be read. */
export function readPage(html: string, url: string, signal: AbortSignal): Promise<PageMarkdown> {
  signal.throwIfAborted();
  const worker = new Worker(new URL("./page.worker.ts", import.meta.url), {
    workerData: { html, url },
    resourceLimits: { maxOldGenerationSizeMb: workerMemoryMb },
    stdout: true,
    stderr: true,
  });
  const ended = new AbortController();
  return new Promise<PageMarkdown>((resolve, reject) => {
    const fail = (cause?: unknown) => reject(unreadable(url, cause));
    signal.addEventListener("abort", () => reject(signal.reason), { signal: ended.signal });
    worker.once("message", (message) => {
      const answer = Answer.safeParse(message);
      if (answer.success) resolve(answer.data);
      else fail(answer.error);
    });
    worker.once("error", fail);
    worker.once("exit", () => fail());
  }).finally(() => {
    ended.abort();
    return worker.terminate();
  });
}

function unreadable(url: string, cause: unknown): AetheriaError {
  const message = `The page at ${new URL(url).host} is too large or too tangled to be read.`;
  return new AetheriaError("bad_input", message, {
    hint: "Try a smaller page of the same site.",
    cause,
  });
}
