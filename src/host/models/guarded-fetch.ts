// The fetch that model packages are given: it turns every refusal, web page, silence and broken
// connection into an AetheriaError before the package sees it, so that both packages fail alike.
// It never retries and never reads the body of an answer that is fine.
import {
  looksLikeHtml,
  notAModel,
  problemOfAnswer,
  silent,
  stopped,
  webPage,
} from "./model-problem.ts";
import type { Asked } from "./model-problem.ts";
import { aetheriaErrorIn, broken, unreachable } from "./connection-problem.ts";

export type Fetch = typeof globalThis.fetch;

export type Timeouts = {
  /** Until the first byte of the answer's body; local models read long prompts slowly. */
  firstByteTimeoutMs: number;
  /** Between two pieces of the body. */
  idleTimeoutMs: number;
};

export type Guard = {
  fetch: Fetch;
  asked: Asked;
  timeouts: Timeouts;
  now: () => number;
  /** A way out when nothing answers there. */
  unreachableHint?: string;
  /** Refuse an answer that does not say it is JSON: the package would complain on the console. */
  mustBeJson?: boolean;
  /** Ends the request too, beside the package's own signal. */
  signal?: AbortSignal;
};

const maxProblemBytes = 64 * 1024;

export function guardedFetch(guard: Guard): Fetch {
  return async (input, init) => {
    const watch = watchSilence(guard, [guard.signal, init?.signal]);
    try {
      const response = await guard.fetch(input, { ...init, signal: watch.signal });
      await refuseProblem(response, guard);
      return watched(response, watch, guard);
    } catch (error) {
      watch.end();
      throw problemOf(error, watch, guard, unreachable);
    }
  };
}

type Watch = {
  signal: AbortSignal;
  /** A piece came. */
  heard(): void;
  end(): void;
  timedOutMs(): number | undefined;
};

function watchSilence(guard: Guard, signals: (AbortSignal | null | undefined)[]): Watch {
  const { firstByteTimeoutMs, idleTimeoutMs } = guard.timeouts;
  const silence = new AbortController();
  const others = signals.filter((signal) => signal !== null && signal !== undefined);
  let timedOutMs: number | undefined;
  const start = (ms: number) =>
    setTimeout(() => {
      timedOutMs = ms;
      silence.abort();
    }, ms);
  let timer = start(firstByteTimeoutMs);
  let first = true;
  return {
    signal: AbortSignal.any([...others, silence.signal]),
    heard() {
      if (!first) return void timer.refresh();
      first = false;
      clearTimeout(timer);
      timer = start(idleTimeoutMs);
    },
    end: () => clearTimeout(timer),
    timedOutMs: () => timedOutMs,
  };
}

function problemOf(
  error: unknown,
  watch: Watch,
  guard: Guard,
  otherwise: (asked: Asked, error: unknown, hint?: string) => Error,
): Error {
  const timedOutMs = watch.timedOutMs();
  if (timedOutMs !== undefined) return silent(guard.asked, timedOutMs);
  if (watch.signal.aborted) return aetheriaErrorIn(watch.signal.reason) ?? stopped();
  return otherwise(guard.asked, error, guard.unreachableHint);
}

async function refuseProblem(response: Response, guard: Guard): Promise<void> {
  if (!response.ok) {
    const text = await start(response);
    const { status, headers } = response;
    throw problemOfAnswer({ status, headers, text }, guard.asked, guard.now());
  }
  const isPage = looksLikeHtml(response.headers, "");
  const isJson = /json/i.test(response.headers.get("content-type") ?? "");
  if (!isPage && (isJson || !guard.mustBeJson)) return;
  await response.body?.cancel();
  throw isPage ? webPage(guard.asked) : notAModel(guard.asked);
}

/** The beginning of a body; the rest is not waited for. */
async function start(response: Response): Promise<string> {
  if (response.body === null) return "";
  const decoder = new TextDecoder();
  let text = "";
  for await (const piece of response.body) {
    text += decoder.decode(piece, { stream: true });
    if (text.length >= maxProblemBytes) break;
  }
  return text;
}

function watched(response: Response, watch: Watch, guard: Guard): Response {
  if (response.body === null) {
    watch.end();
    return response;
  }
  const reader = response.body.getReader();
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (done) {
            watch.end();
            controller.close();
          } else {
            watch.heard();
            controller.enqueue(value);
          }
        } catch (error) {
          watch.end();
          controller.error(problemOf(error, watch, guard, broken));
        }
      },
      cancel(reason) {
        watch.end();
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
  const { status, statusText, headers } = response;
  return new Response(body, { status, statusText, headers });
}
