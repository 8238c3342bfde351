import { describe, expect, it } from "vitest";
import { AetheriaError } from "../contract/errors.ts";
import { createCloudFetch, taken } from "./cloud-fetch.ts";

const rest = "https://cloud.example/rest/v1/sessions";
const token = "https://cloud.example/auth/v1/token?grant_type=refresh_token";
const signedIn = { headers: { Authorization: "Bearer token" } };
const json = (body: unknown, status = 200) => Response.json(body, { status });

/** What a fetch throws, as supabase-js would hand it on. */
async function thrown(work: Promise<unknown>): Promise<AetheriaError | null> {
  const error: unknown = await work.then(
    () => null,
    (error: unknown) => error,
  );
  return error instanceof Error ? taken(`FetchError: ${error.message}`) : null;
}

describe("the fetch that supabase-js is given", () => {
  it("lets what the way out throws pass through, as it was", async () => {
    const offline = new AetheriaError("offline", "You are offline: “really”.", {
      hint: "Go online.",
      retryable: true,
      retryAfterMs: 5,
    });
    const ask = createCloudFetch(() => Promise.reject(offline), "anon");
    for (const url of [rest, token]) {
      expect((await thrown(ask(url, signedIn)))?.toData()).toEqual(offline.toData());
    }
  });

  it("says what a broken connection is, and what a slow one is", async () => {
    const broken = createCloudFetch(() => Promise.reject(new TypeError("fetch failed")), "anon");
    expect(await thrown(broken(rest, signedIn))).toMatchObject({
      code: "cloud_unreachable",
      retryable: true,
    });
    const timeout = new DOMException("", "TimeoutError");
    const slow = createCloudFetch(() => Promise.reject(timeout), "anon");
    expect(await thrown(slow(rest, signedIn))).toMatchObject({ code: "timeout" });
  });

  it("leaves alone what was stopped on purpose", async () => {
    const stop = AbortSignal.abort();
    const ask = createCloudFetch((_, init) => fetch("data:,", init), "anon");
    await expect(ask(rest, { ...signedIn, signal: stop })).rejects.toThrow(stop.reason);
  });

  it("asks nothing in nobody's name, and says why there is no name", async () => {
    let asked = 0;
    const answers = [new TypeError("fetch failed"), json({ access_token: "a" })];
    const ask = createCloudFetch(async () => {
      asked += 1;
      const answer = answers.shift() ?? json([]);
      if (answer instanceof Error) throw answer;
      return answer;
    }, "anon");
    const anonymous = { headers: { Authorization: "Bearer anon" } };
    expect(await thrown(ask(rest, anonymous))).toMatchObject({ code: "unauthorized" });
    expect(await thrown(ask(rest))).toMatchObject({ code: "unauthorized" });
    expect(asked).toBe(0);
    await thrown(ask(token));
    expect(await thrown(ask(rest, anonymous))).toMatchObject({ code: "cloud_unreachable" });
    await ask(token);
    expect(await thrown(ask(rest, anonymous))).toMatchObject({ code: "unauthorized" });
  });

  it("reckons a sign-in's end by this device's clock", async () => {
    const session = { access_token: "a", expires_in: 3600, expires_at: 1 };
    const ask = createCloudFetch(async () => json(session), "anon");
    const answer = await (await ask(token)).json();
    expect(answer).toEqual({ access_token: "a", expires_in: 3600 });
  });

  it("does not sign out for what is no verdict about the sign-in", async () => {
    const page = () => new Response("<html>Welcome to the hotel</html>");
    const answers = [json({}, 540), json({}, 429), json({}, 503), page()];
    for (const answer of answers) {
      const ask = createCloudFetch(async () => answer, "anon");
      expect(await thrown(ask(token))).toMatchObject({ retryable: true });
    }
    const verdict = createCloudFetch(async () => json({ code: "session_not_found" }, 403), "anon");
    expect((await verdict(token)).status).toBe(403);
  });
});
