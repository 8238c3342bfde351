// Why a page could not be had, as a sentence for a person and a model.
import { AetheriaError } from "../../../contract/errors.ts";

export function answerProblem(host: string, response: Response): AetheriaError {
  const { status } = response;
  const said = `${host} answered ${status}`;
  if (status === 404 || status === 410)
    return new AetheriaError("not_found", `${said}: there is no such page.`, {
      hint: "Check the address.",
    });
  if (status === 401 || status === 403)
    return new AetheriaError("refused", `${said}: the page is not open to everyone.`, {
      hint: "Open it in a browser where you are signed in.",
    });
  if (status === 429)
    return new AetheriaError("rate_limited", `${said}: too many requests.`, {
      hint: "Wait a little, then try again.",
      retryable: true,
      ...retryAfter(response),
    });
  if (status >= 500)
    return new AetheriaError("refused", `${said}: the site has a problem of its own.`, {
      hint: "Try again later.",
      retryable: true,
    });
  return new AetheriaError("refused", `${said} instead of a page.`, { hint: "Check the address." });
}

function retryAfter(response: Response): { retryAfterMs?: number } {
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? { retryAfterMs: seconds * 1000 } : {};
}

/** For what fetch threw. AetheriaErrors of the egress room stay as they are. */
export function connectionProblem(host: string, error: unknown): Error {
  const chain = causes(error);
  const known = chain.find((cause) => cause instanceof AetheriaError);
  if (known) return known;
  const code = chain.map(codeOf).find((found) => found !== "") ?? "";
  if (code === "ENOTFOUND")
    return new AetheriaError("not_found", `There is no host named ${host}.`, {
      hint: "Check the address.",
      cause: error,
    });
  if (/TIMEDOUT|TIMEOUT/.test(code)) return tooSlow(host, error);
  if (/CERT|SSL|TLS|ALTNAME|SELF_SIGNED|UNABLE_TO/.test(code))
    return new AetheriaError("refused", `The certificate of ${host} is not trusted.`, {
      hint: "The site may be misconfigured, or somebody is listening in.",
      cause: error,
    });
  return new AetheriaError(
    "disconnected",
    `No connection to ${host}: ${reasons[code] ?? "it broke off"}.`,
    {
      hint: "Check your connection, then try again.",
      retryable: true,
      cause: error,
    },
  );
}

export function tooSlow(host: string, cause?: unknown): AetheriaError {
  return new AetheriaError("timeout", `${host} took too long to answer.`, {
    hint: "Try again later.",
    retryable: true,
    cause,
  });
}

const reasons: Record<string, string> = {
  ECONNREFUSED: "nothing answers there",
  EAI_AGAIN: "its name could not be looked up",
  ENETUNREACH: "there is no network",
  EHOSTUNREACH: "there is no way to that host",
  HPE_INVALID_CONSTANT: "it does not speak HTTP",
};

function causes(error: unknown): Error[] {
  const chain: Error[] = [];
  for (let at = error; at instanceof Error && chain.length < 8; at = at.cause) {
    chain.push(at);
    if (at instanceof AggregateError && at.errors[0] instanceof Error) chain.push(at.errors[0]);
  }
  return chain;
}

function codeOf(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : "";
}
