// Turns a connection that could not be made, or broke, into a sentence that names the reason.
// Node hides it in `cause` chains; so do the model packages.
import { AetheriaError } from "../../contract/errors.ts";
import { textField } from "./loose-json.ts";
import { cutOff, type Asked } from "./model-problem.ts";

/** The AetheriaError somewhere in a chain of causes, if there is one. */
export function aetheriaErrorIn(error: unknown): AetheriaError | undefined {
  let current = error;
  for (let depth = 0; depth < 8 && current instanceof Error; depth += 1) {
    if (current instanceof AetheriaError) return current;
    current = current.cause;
  }
  return undefined;
}

const reasons: Record<string, string> = {
  ECONNREFUSED: "nothing answers there",
  ENOTFOUND: "there is no such host",
  EAI_AGAIN: "its name could not be looked up",
  ETIMEDOUT: "it did not answer in time",
  EHOSTUNREACH: "there is no way to that host",
  ENETUNREACH: "there is no network",
  UND_ERR_CONNECT_TIMEOUT: "it did not answer in time",
};
const transient = /^(EAI_AGAIN|ETIMEDOUT|ENETUNREACH|UND_ERR_)/;
/** Somebody was there and hung up. */
const hungUp = /^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/;

export function unreachable(asked: Asked, error: unknown, hint?: string): AetheriaError {
  const known = aetheriaErrorIn(error);
  if (known) return known;
  const code = codeIn(error);
  if (hungUp.test(code)) return cutOff(asked, error);
  const reason = reasons[code] ?? tlsReason(code) ?? "no connection";
  return new AetheriaError(
    "model_unreachable",
    `${asked.title} could not be reached at ${asked.url}: ${reason}.`,
    {
      hint: hint ?? "Check the address and your connection.",
      retryable: transient.test(code),
      cause: error,
    },
  );
}

function tlsReason(code: string): string | undefined {
  if (/EPROTO|ERR_SSL|WRONG_VERSION/.test(code)) return "it does not speak https";
  const untrusted = /CERT|ALTNAME|SELF_SIGNED|UNABLE_TO|ERR_TLS/;
  return untrusted.test(code) ? "its certificate is not trusted" : undefined;
}

/** A body that broke while it was read. */
export const broken = (asked: Asked, error: unknown): AetheriaError =>
  aetheriaErrorIn(error) ?? cutOff(asked, error);

function codeIn(error: unknown): string {
  let current = error;
  for (let depth = 0; depth < 8 && current instanceof Error; depth += 1) {
    const code = textField(current, "code");
    if (code !== undefined && code !== "") return code;
    if (current instanceof AggregateError && current.errors[0] instanceof Error)
      current = current.errors[0];
    else current = current.cause;
  }
  return "";
}
