// What Chromium says of a page that did not come, as a sentence with what to try.
import { AetheriaError } from "../../contract/errors.ts";

/** The page's own name for what went wrong, `ERR_NAME_NOT_RESOLVED`; null: something else. */
export const netErrorIn = (message: string): string | null =>
  /net::(ERR_[A-Z0-9_]+)/.exec(message)?.[1] ?? null;

export const isCertificateError = (netError: string): boolean =>
  netError.startsWith("ERR_CERT_") ||
  /ERR_SSL_(PINNED|SERVER_CERT|OBSOLETE|KEY_USAGE)/.test(netError);

const certificates: Record<string, string> = {
  ERR_CERT_DATE_INVALID: "is out of date",
  ERR_CERT_AUTHORITY_INVALID: "is signed by nobody whom this machine trusts",
  ERR_CERT_COMMON_NAME_INVALID: "is for another name",
  ERR_CERT_REVOKED: "was revoked",
  ERR_CERT_WEAK_KEY: "is too weak",
  ERR_CERT_WEAK_SIGNATURE_ALGORITHM: "is too weak",
};

const sentences: Record<string, [sentence: (host: string) => string, hint: string]> = {
  ERR_NAME_NOT_RESOLVED: [
    (host) => `There is no host called ${host}.`,
    "Check the spelling, or search for the page.",
  ],
  ERR_CONNECTION_REFUSED: [
    (host) => `${host} refuses connections.`,
    "Check the address and the port; the server may be down.",
  ],
  ERR_TOO_MANY_REDIRECTS: [
    (host) => `${host} redirects in a circle.`,
    "Open another page of the site, or clear its cookies.",
  ],
  ERR_BLOCKED_BY_ADMINISTRATOR: [
    () => "The page leads to something that is no web page, which is not opened.",
    "Open another page.",
  ],
  ERR_UNSAFE_PORT: [(host) => `Browsers do not open the port of ${host}.`, "Use another port."],
  ERR_INVALID_AUTH_CREDENTIALS: [
    (host) => `${host} asks for a user name and a password.`,
    "The person can take over and log in.",
  ],
};

/** `address` is where it was going. */
export function navigationError(netError: string, address: string): AetheriaError {
  const host = URL.canParse(address) ? new URL(address).host : "the page";
  if (isCertificateError(netError)) {
    const what = certificates[netError] ?? "cannot be trusted";
    return new AetheriaError(
      "refused",
      `The certificate of ${host} ${what} (${netError}), so the page was not opened.`,
      { hint: "Someone may be listening in. Use another address; this is never clicked through." },
    );
  }
  const [sentence, hint] = sentences[netError] ?? [
    (of: string) => `${of} did not answer (${netError}).`,
    "Check the address and try again.",
  ];
  return new AetheriaError("not_found", sentence(host), { hint, retryable: true });
}

export const neverLoaded = (address: string, seconds: number) =>
  new AetheriaError("timeout", `${address.slice(0, 200)} did not load within ${seconds} seconds.`, {
    hint: "Try again, or open another page.",
    retryable: true,
  });

export const crashed = () =>
  new AetheriaError("not_found", "The page crashed.", {
    hint: "Open it again; if it crashes again, use another page.",
    retryable: true,
  });

export const browserGone = () =>
  new AetheriaError("not_found", "The browser ended unexpectedly, and its tabs with it.", {
    hint: "Open the page again: that starts a new browser.",
    retryable: true,
  });
