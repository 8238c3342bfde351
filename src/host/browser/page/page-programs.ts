// Asks the programs in the page: one question, one answer, in the isolated world of the frame it is about.
import type { FrameLocator, Locator, Page } from "playwright-core";
import { AetheriaError } from "../../../contract/errors.ts";
import { answerAttribute, engineBody, engineName, programText } from "./in-page/program.ts";
import type { FrameStep, Place } from "./page-model.ts";

const answerTimeoutMs = 10_000;

export type PagePrograms = {
  /** `frames`: on the way to the document that is asked. */
  ask<Answer>(
    frames: readonly FrameStep[],
    asked: { verb: string } & Record<string, unknown>,
    signal?: AbortSignal,
    timeoutMs?: number,
  ): Promise<Answer>;
  locator(place: Place): Locator;
};

/** Playwright keeps its engines for the whole process, and twice the same one breaks it. */
const registrations = new WeakMap<object, Promise<void>>();

/** Makes the programs known to Playwright; documents that were looked into before lack them. */
export async function registerPagePrograms(): Promise<void> {
  const { selectors } = await import("playwright-core");
  const known = registrations.get(selectors);
  if (known) return known;
  const made = selectors.register(engineName, { content: programText() }, { contentScript: true });
  registrations.set(selectors, made);
  return made;
}

export function createPagePrograms(page: Page): PagePrograms {
  const registered = registerPagePrograms();
  // Who asks hears of it.
  registered.catch(() => undefined);
  const selectorOf = (asked: object) => `${engineName}=${engineBody(asked)}`;

  function scopeOf(frames: readonly FrameStep[]): Page | FrameLocator {
    let scope: Page | FrameLocator = page;
    for (const step of frames) scope = scope.frameLocator(selectorOf({ verb: "element", ...step }));
    return scope;
  }

  return {
    async ask<Answer>(
      frames: readonly FrameStep[],
      asked: { verb: string } & Record<string, unknown>,
      signal?: AbortSignal,
      timeoutMs = answerTimeoutMs,
    ): Promise<Answer> {
      signal?.throwIfAborted();
      await registered;
      const answer = scopeOf(frames).locator(selectorOf(asked));
      const options = { timeout: timeoutMs, ...(signal ? { signal } : {}) };
      const text = await answer.getAttribute(answerAttribute, options).catch(asAnswerError);
      const parsed: { value?: Answer; error?: string } = JSON.parse(text ?? "{}");
      if (parsed.error !== undefined || parsed.value === undefined)
        throw new Error(`The program in the page failed: ${parsed.error ?? "no answer"}`);
      return parsed.value;
    },
    locator: ({ document, id, frames }) =>
      scopeOf(frames).locator(selectorOf({ verb: "element", document, id })),
  };
}

function asAnswerError(error: unknown): never {
  const text = String(error);
  if (error instanceof Error && error.name === "AbortError") throw error;
  if (text.includes("Timeout"))
    throw new AetheriaError("timeout", "The page did not answer for 10 seconds.", {
      hint: "A question of the page may be open, or it is busy. Try again, reload it or open another one.",
      retryable: true,
    });
  if (/closed|crashed/i.test(text))
    throw new AetheriaError("not_found", "The page was closed or has crashed.", {
      hint: "Open it again.",
    });
  throw error;
}
