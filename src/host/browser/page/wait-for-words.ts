// Waits until some words are on a page, or gone from it.
import { setTimeout as delay } from "node:timers/promises";
import { AetheriaError } from "../../../contract/errors.ts";
import type { WaitFor } from "../../../core/browser-ports.ts";
import { plainText } from "./looks.ts";
import type { PagePrograms } from "./page-programs.ts";
import { readPage } from "./read-page.ts";

const pollMs = 100;

export async function waitForWords(needs: {
  programs: PagePrograms;
  wait: WaitFor;
  signal: AbortSignal;
}): Promise<void> {
  const { programs, wait, signal } = needs;
  const { text, gone, timeoutMs } = wait;
  const endMs = performance.now() + timeoutMs;
  for (;;) {
    if (text === undefined && gone === undefined) {
      await delay(timeoutMs, undefined, { signal });
      return;
    }
    const model = await readPage(programs, signal);
    const lines = model.lines.map((line) => plainText(line, model.url).toLowerCase());
    const holds = (words: string) =>
      lines.some((line) => line.includes(words.trim().toLowerCase()));
    if ((text === undefined || holds(text)) && (gone === undefined || !holds(gone))) return;
    if (performance.now() > endMs) throw tooLate(wait);
    await delay(pollMs, undefined, { signal });
  }
}

const tooLate = ({ text, gone, timeoutMs }: WaitFor) =>
  new AetheriaError(
    "timeout",
    text === undefined
      ? `“${gone}” was still on the page after ${Math.round(timeoutMs / 1000)} seconds.`
      : `“${text}” did not come within ${Math.round(timeoutMs / 1000)} seconds.`,
    {
      hint: "Look at the page: it may say something else, or want something first.",
      retryable: true,
    },
  );
