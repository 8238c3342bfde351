import { describe, expect, it } from "vitest";
import {
  browserGone,
  crashed,
  isCertificateError,
  navigationError,
  netErrorIn,
  neverLoaded,
} from "./navigation-error.ts";

const address = "https://a.example:8443/page?secret=1";

describe("the name of what went wrong", () => {
  it.each([
    ["page.goto: net::ERR_NAME_NOT_RESOLVED at https://a.example/", "ERR_NAME_NOT_RESOLVED"],
    ["net::ERR_HTTP2_PROTOCOL_ERROR", "ERR_HTTP2_PROTOCOL_ERROR"],
    ["Timeout 30000ms exceeded.", null],
    ["", null],
  ])("is found in %j", (message, name) => expect(netErrorIn(message)).toBe(name));

  it.each([
    ["ERR_CERT_DATE_INVALID", true],
    ["ERR_CERT_SOMETHING_NEW", true],
    ["ERR_SSL_PINNED_KEY_NOT_IN_CERT_CHAIN", true],
    ["ERR_SSL_SERVER_CERT_BAD_FORMAT", true],
    ["ERR_SSL_PROTOCOL_ERROR", false],
    ["ERR_CONNECTION_REFUSED", false],
  ])("tells whether the certificate is wrong: %s", (name, isOne) =>
    expect(isCertificateError(name)).toBe(isOne),
  );
});

describe("a page that did not come", () => {
  it.each([
    ["ERR_NAME_NOT_RESOLVED", "There is no host called a.example:8443."],
    ["ERR_CONNECTION_REFUSED", "a.example:8443 refuses connections."],
    ["ERR_TOO_MANY_REDIRECTS", "a.example:8443 redirects in a circle."],
    ["ERR_UNSAFE_PORT", "Browsers do not open the port of a.example:8443."],
    ["ERR_INVALID_AUTH_CREDENTIALS", "a.example:8443 asks for a user name and a password."],
    ["ERR_SOMETHING", "a.example:8443 did not answer (ERR_SOMETHING)."],
    [
      "ERR_BLOCKED_BY_ADMINISTRATOR",
      "The page leads to something that is no web page, which is not opened.",
    ],
  ])("is told of in a sentence with what to try: %s", (name, sentence) => {
    const problem = navigationError(name, address);
    expect(problem).toMatchObject({ code: "not_found", message: sentence, retryable: true });
    expect(problem.hint).toMatch(/\.$/);
  });

  it.each([
    ["ERR_CERT_DATE_INVALID", "is out of date"],
    ["ERR_CERT_AUTHORITY_INVALID", "is signed by nobody"],
    ["ERR_CERT_COMMON_NAME_INVALID", "is for another name"],
    ["ERR_CERT_SOMETHING_NEW", "cannot be trusted"],
  ])("is refused for its certificate, and not to be tried again: %s", (name, words) => {
    const problem = navigationError(name, address);
    expect(problem).toMatchObject({ code: "refused", retryable: false });
    expect(problem.message).toContain(`The certificate of a.example:8443 ${words}`);
    expect(problem.message).toContain(name);
    expect(problem.hint).toContain("never clicked through");
  });

  it("names the host alone, and none where there is none", () => {
    expect(navigationError("ERR_FAILED", address).message).not.toContain("secret");
    expect(navigationError("ERR_FAILED", "nonsense").message).toBe(
      "the page did not answer (ERR_FAILED).",
    );
  });

  it("does not fill the answer with its address", () => {
    const { code, message } = neverLoaded(`https://a.example/${"x".repeat(5_000)}`, 30);
    expect(code).toBe("timeout");
    expect(message.length).toBeLessThan(250);
    expect(message).toContain("within 30 seconds");
  });

  it("may be tried again after a crash", () => {
    for (const problem of [crashed(), browserGone()])
      expect(problem).toMatchObject({ code: "not_found", retryable: true });
  });
});
