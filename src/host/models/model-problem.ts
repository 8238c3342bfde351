// Turns what a model's server says into the one error people read: status codes, error bodies and
// broken connections of OpenAI, its many compatibles and Ollama. Whatever is already an
// AetheriaError (offline, host_blocked, a timeout of ours) passes through untouched.
import { AetheriaError } from "../../contract/errors.ts";
import { field, parseJson, textField } from "./loose-json.ts";
import { retryAfterMs } from "./retry-after.ts";

/** Who was asked, in words for a sentence. */
export type Asked = {
  /** `OpenAI`, `Ollama`, or the host of another server. */
  title: string;
  /** The base URL, for hints. */
  url: string;
  model?: string;
};

/** What the server answered, kept as the cause: adapters look for the option it refused. */
export class HttpProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly param: string;

  constructor(status: number, body: unknown, fallback: string) {
    super(messageIn(body) ?? fallback.trim().slice(0, 300));
    this.name = "HttpProblem";
    this.status = status;
    const code = field(body, "error", "code") ?? field(body, "code");
    this.code = String(code ?? textField(body, "error", "type") ?? "");
    this.param = textField(body, "error", "param") ?? textField(body, "param") ?? "";
  }
}

const messageIn = (body: unknown): string | undefined =>
  textField(body, "error", "message") ??
  textField(body, "error") ??
  textField(body, "message") ??
  textField(body, "detail") ??
  textField(body, 0, "error", "message");

export function webPage(asked: Asked): AetheriaError {
  return new AetheriaError(
    "model_bad_response",
    `${asked.title} answered with a web page, not a model: check the address.`,
    { hint: `The address in use is ${asked.url}. Most servers want it to end in /v1.` },
  );
}

export function notAModel(asked: Asked, cause?: unknown): AetheriaError {
  return new AetheriaError(
    "model_bad_response",
    `${asked.title} answered with something that is not a model's answer.`,
    { hint: `Check that ${asked.url} is the address of a model server.`, cause },
  );
}

export function cutOff(asked: Asked, cause?: unknown): AetheriaError {
  return new AetheriaError(
    "model_bad_response",
    `The connection to ${asked.title} was cut before its answer was complete.`,
    { hint: "Trying again usually helps.", retryable: true, cause },
  );
}

export function silent(asked: Asked, afterMs: number): AetheriaError {
  return new AetheriaError(
    "timeout",
    `${asked.title} sent nothing for ${Math.max(1, Math.round(afterMs / 1000))} seconds.`,
    { hint: "Try again, or choose another model.", retryable: true },
  );
}

export const stopped = (): AetheriaError =>
  new AetheriaError("cancelled", "The model's answer was stopped.", { retryable: true });

/** An answer whose status is not 2xx. */
export function problemOfAnswer(
  answer: { status: number; headers: Headers; text: string },
  asked: Asked,
  nowMs: number,
): AetheriaError {
  const { status, headers, text } = answer;
  const body = parseJson(text);
  const isPage = body === undefined && looksLikeHtml(headers, text);
  if (isPage && status < 500 && status !== 429) return webPage(asked);
  const problem = new HttpProblem(status, body, isPage ? "" : text);
  return problemOfHttp(problem, asked, retryAfterMs(headers, nowMs));
}

export const looksLikeHtml = (headers: Headers, text: string): boolean =>
  /text\/html|application\/xhtml/i.test(headers.get("content-type") ?? "") ||
  /^\s*<(!doctype|html|head|body)\b/i.test(text);

const overflow =
  /context[_ ]length|maximum context|context (window|size)|exceed_context|prompt is too long|input token count|too many (input )?tokens|longer than the (model|context)|reduce the length/i;
const filtered = /content[_ ]filter|content[_ ]policy|content management policy|safety system/i;
const noMoney = /insufficient_quota|billing|credit|exceeded your current quota/i;

/** The error for one refusal, by what it says first and by its status second. */
export function problemOfHttp(problem: HttpProblem, asked: Asked, waitMs?: number): AetheriaError {
  const { status } = problem;
  const said = `${problem.code} ${problem.message}`;
  const cause = problem;
  if (status === 401 || status === 403) return keyRefused(asked, status, cause);
  if (status === 402 || (status === 429 && noMoney.test(said))) return outOfMoney(asked, cause);
  if (status === 429 || /rate_limit/i.test(problem.code)) return tooMany(asked, waitMs, cause);
  if (overflow.test(said)) return tooLong(asked, cause);
  if (filtered.test(said)) return declined(asked, cause);
  if (isMissingModel(problem, asked)) return noSuchModel(asked, [], cause);
  if (status === 408) return silent(asked, waitMs ?? 60_000);
  if (status >= 500 || /server_error|overloaded|unavailable/i.test(problem.code))
    return overloaded(asked, problem, waitMs);
  return notAccepted(asked, problem);
}

const isMissingModel = (problem: HttpProblem, asked: Asked): boolean => {
  const said = `${problem.code} ${problem.message}`;
  if (/model_not_found/i.test(said)) return true;
  if (problem.status !== 404 && problem.status !== 400) return false;
  const names = /\bmodel\b/i.test(said) || (asked.model ? said.includes(asked.model) : false);
  const missing = /not found|not exist|no such|unknown model|not a valid model|invalid model/i;
  return names && missing.test(said);
};

const keyRefused = (asked: Asked, status: number, cause: HttpProblem) =>
  new AetheriaError("model_unauthorized", `The key for ${asked.title} was refused.`, {
    hint:
      status === 401
        ? "Check the key in Settings › Models, or make a new one."
        : `The key may lack the right to use ${asked.model ?? "this model"}: check it with ${asked.title}.`,
    cause,
  });

const outOfMoney = (asked: Asked, cause: HttpProblem) =>
  new AetheriaError("rate_limited", `The account at ${asked.title} has no credit left.`, {
    hint: `Add credit at ${asked.title}, or choose another model.`,
    cause,
  });

const tooMany = (asked: Asked, waitMs: number | undefined, cause: HttpProblem) =>
  new AetheriaError("rate_limited", `${asked.title} says there were too many requests.`, {
    hint: "Waiting a little helps; another model may answer at once.",
    retryable: true,
    retryAfterMs: waitMs,
    cause,
  });

const tooLong = (asked: Asked, cause: HttpProblem) =>
  new AetheriaError(
    "context_overflow",
    `The conversation is longer than ${asked.model ?? "the model"} can read.`,
    { hint: "Shorten it, or choose a model with a larger window.", cause },
  );

const declined = (asked: Asked, cause: HttpProblem) =>
  new AetheriaError("model_refused", `${asked.title} refused to answer this.`, {
    hint: "Its content filter was triggered: say it in other words, or choose another model.",
    cause,
  });

const overloaded = (asked: Asked, problem: HttpProblem, waitMs: number | undefined) =>
  new AetheriaError("model_overloaded", `${asked.title} could not answer${detail(problem)}.`, {
    hint: "It is usually over in a moment: try again, or choose another model.",
    retryable: true,
    retryAfterMs: waitMs,
    cause: problem,
  });

const notAccepted = (asked: Asked, problem: HttpProblem) =>
  new AetheriaError(
    "model_bad_response",
    `${asked.title} did not accept the request${detail(problem)}.`,
    {
      hint:
        problem.status === 404
          ? `Check the address ${asked.url}. Most servers want it to end in /v1.`
          : "Choose another model, or check the server's log.",
      cause: problem,
    },
  );

const detail = (problem: HttpProblem): string => {
  const said = problem.message.replace(/\s+/g, " ").replace(/\.$/, "").slice(0, 300);
  return said === "" ? ` (status ${problem.status})` : `: ${said}`;
};

/** `there` are the names the server does have; empty when it could not be asked. */
export function noSuchModel(asked: Asked, there: string[], cause?: unknown): AetheriaError {
  const shown = there.slice(0, 12);
  const rest = there.length - shown.length;
  return new AetheriaError(
    "model_not_found",
    `${asked.title} has no model named “${asked.model ?? ""}”.`,
    {
      hint:
        shown.length === 0
          ? "Choose another model in the model menu."
          : `It has: ${shown.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}.`,
      cause,
    },
  );
}
