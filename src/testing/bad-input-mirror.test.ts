// Holds docs/bad-input.md to what is said of the mirror's server, sign-in and keys.
import { describe, expect, it } from "vitest";
import { errorOfThrown, nobody } from "../cloud/cloud-fetch.ts";
import { createSealer } from "../cloud/create-sealer.ts";
import { errorOfAuth } from "../cloud/error-of-auth.ts";
import { errorOfResponse } from "../cloud/error-of-response.ts";
import { leastCost, newKeyRing, unwrap, wrap } from "../cloud/key-ring.ts";
import { readLinkCode } from "../cloud/link-code.ts";
import { documented } from "./bad-input-document.ts";

const response = (status: number, body: unknown = {}) =>
  errorOfResponse({ status, body: JSON.stringify(body), retryAfter: null, date: null });
const auth = (code: string) => errorOfAuth({ name: "", message: "", status: 400, code });
const thrown = (work: () => unknown): Promise<unknown> =>
  new Promise((resolve) => resolve(work())).then(
    () => expect.unreachable(),
    (error: unknown) => error,
  );

describe("what a person reads of the mirror", () => {
  it("is on the page, when its server refuses or cannot be reached", () => {
    documented(errorOfThrown(new TypeError("fetch failed")));
    documented(errorOfThrown(new DOMException("", "TimeoutError")));
    for (const status of [402, 403, 413, 429, 503, 507, 540]) documented(response(status));
    for (const code of ["42P01", "PGRST205", "PGRST202"]) documented(response(404, { code }));
    documented(response(404, "Not Found"));
    documented(nobody());
  });

  it("is on the page, when a sign-in fails", () => {
    const codes =
      "invalid_credentials email_not_confirmed weak_password user_already_exists session_not_found over_request_rate_limit over_email_send_rate_limit otp_expired flow_state_not_found provider_disabled";
    for (const code of codes.split(" ")) documented(auth(code));
  });

  it("is on the page, when keys and what they open are not right", async () => {
    const ring = newKeyRing();
    const row = await wrap(ring, "correct horse battery", leastCost);
    const sealer = await createSealer({ userId: "user", ...ring });
    documented(await thrown(() => unwrap(row, "another horse battery")));
    documented(await thrown(() => wrap(ring, "short")));
    documented(await thrown(() => unwrap({ ...row, memory_kib: 8 }, "correct horse battery")));
    documented(await thrown(() => sealer.open("event", ["s", 1], 1, "AAAA")));
    documented(await thrown(() => sealer.open("event", ["s", 1], 2, "AAAA")), {
      "key number 2": "key number N",
    });
    documented(await thrown(() => readLinkCode("#link=AAAA")));
  });
});
