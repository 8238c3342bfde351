// Signing in and out, through unmodified supabase-js, at an auth server that is a function here.
import { afterEach, describe, expect, it } from "vitest";
import type { MirrorAccount } from "../contract/mirror.ts";
import { openCloud, type Cloud } from "./open-cloud.ts";

type Asked = { path: string; query: URLSearchParams; body: Record<string, unknown> };

const headers = { "x-supabase-api-version": "2024-01-01" };
const json = (body: unknown, status = 200) => Response.json(body, { status, headers });
const session = (id = "user-1", expires_in = 3600) => ({
  access_token: `token-of-${id}`,
  refresh_token: `refresh-of-${id}`,
  token_type: "bearer",
  expires_in,
  expires_at: 1,
  user: { id, email: `${id}@example.org` },
});
const account = (id = "user-1"): MirrorAccount => ({
  url: "https://cloud.example",
  anonKey: "anon",
  userId: id,
  email: `${id}@example.org`,
});

const clouds: Cloud[] = [];
afterEach(async () => {
  for (const cloud of clouds.splice(0)) await cloud.close();
});

async function open(
  answer: (asked: Asked) => Response | Promise<Response>,
  secret: string | null = null,
) {
  const asked: Asked[] = [];
  const tokens = {
    secret,
    load: async () => tokens.secret,
    save: async (secret: string) => void (tokens.secret = secret),
    remove: async () => void (tokens.secret = null),
  };
  const cloud = await openCloud({
    url: "https://cloud.example",
    anonKey: "anon",
    tokens,
    fetch: async (input, init) => {
      const url = new URL(String(input));
      const body = typeof init?.body === "string" ? JSON.parse(init.body) : {};
      asked.push({ path: url.pathname, query: url.searchParams, body });
      return answer(asked.at(-1)!);
    },
  });
  clouds.push(cloud);
  const changes: (MirrorAccount | null)[] = [];
  cloud.auth.onChange((account) => changes.push(account));
  return { cloud, auth: cloud.auth, asked, tokens, changes };
}

describe("an account of the mirror", () => {
  it("is signed in by password, kept, and signed out", async () => {
    const { auth, tokens, changes } = await open(({ path }) =>
      path.endsWith("/logout") ? new Response(null, { status: 204 }) : json(session()),
    );
    expect(await auth.account()).toBeNull();
    expect(await auth.signIn("user-1@example.org", "secret")).toEqual(account());
    expect(await auth.account()).toEqual(account());
    const again = await open(() => json({}, 500), tokens.secret);
    expect(await again.auth.account()).toEqual(account());
    await auth.signOut("here");
    expect(await auth.account()).toBeNull();
    expect(tokens.secret).toBeNull();
    expect(changes).toEqual([account(), null]);
  });

  it("is signed up, at once or once its address is confirmed", async () => {
    const { auth, asked } = await open(() => json(session()));
    expect(await auth.signUp("a@example.org", "secret", "aetheria://auth-callback")).toEqual(
      account(),
    );
    expect(asked[0]?.query.get("redirect_to")).toBe("aetheria://auth-callback");
    const waiting = await open(() => json({ id: "user-1", email: "a@example.org" }));
    expect(await waiting.auth.signUp("a@example.org", "secret")).toBeNull();
    expect(await waiting.auth.account()).toBeNull();
  });

  it("is signed in by a provider in the system's browser, and only where that was begun", async () => {
    const { auth, asked, tokens } = await open(({ body }) =>
      typeof body.code_verifier === "string" ? json(session()) : json({}, 400),
    );
    const url = new URL(await auth.startOAuth("github", "aetheria://auth-callback"));
    expect(url.origin + url.pathname).toBe("https://cloud.example/auth/v1/authorize");
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      provider: "github",
      code_challenge_method: "s256",
    });
    expect(url.searchParams.get("redirect_to")).toMatch(/^aetheria:\/\/auth-callback/);
    expect(asked).toEqual([]);
    const back = new URL(url.searchParams.get("redirect_to") ?? "");
    back.searchParams.set("code", "the-code");
    // A restart in between: what was begun is kept with the tokens.
    const later = await open(
      ({ body }) => (body.auth_code === "the-code" ? json(session()) : json({}, 400)),
      tokens.secret,
    );
    expect(await later.auth.finish(back.href)).toEqual(account());
    const elsewhere = await open(() => json(session()));
    await expect(elsewhere.auth.finish(back.href)).rejects.toMatchObject({ code: "expired" });
  });

  it("is signed in by a link in a message", async () => {
    const { auth, asked } = await open(({ path }) =>
      path.endsWith("/otp") ? json({}) : json(session()),
    );
    await auth.sendMagicLink("a@example.org", "http://127.0.0.1:4000/callback");
    expect(asked[0]).toMatchObject({
      path: "/auth/v1/otp",
      body: { email: "a@example.org", code_challenge_method: "s256" },
    });
    const back = new URL(asked[0]?.query.get("redirect_to") ?? "");
    back.searchParams.set("code", "the-code");
    expect(await auth.finish(back.href)).toEqual(account());
  });

  it("says what came back instead of a sign-in", async () => {
    const { auth } = await open(() => json({}));
    const said = [
      [
        "aetheria://auth-callback?error=access_denied&error_code=otp_expired&error_description=x",
        "expired",
      ],
      ["aetheria://auth-callback#error=access_denied&error_code=otp_expired", "expired"],
      ["aetheria://auth-callback?error=access_denied", "cancelled"],
      ["aetheria://auth-callback?error=server_error&error_description=oh", "bad_input"],
      ["aetheria://auth-callback", "bad_input"],
      ["nonsense", "bad_input"],
    ] as const;
    for (const [url, code] of said)
      await expect(auth.finish(url), url).rejects.toMatchObject({ code });
  });

  it("says why it was not signed in", async () => {
    const { auth, tokens } = await open(() =>
      json({ code: "invalid_credentials", msg: "no" }, 400),
    );
    await expect(auth.signIn("a@example.org", "wrong")).rejects.toMatchObject({
      code: "unauthorized",
      message: "That e-mail address and password do not belong together.",
    });
    expect(tokens.secret).toBeNull();
    const weak = await open(() =>
      json({ code: "weak_password", weak_password: { reasons: ["length"] } }, 422),
    );
    await expect(weak.auth.signUp("a@example.org", "1")).rejects.toMatchObject({
      code: "bad_input",
    });
    const other = await open(() => new Response("<h1>Not Found</h1>", { status: 404 }));
    await expect(other.auth.signIn("a@example.org", "x")).rejects.toMatchObject({
      message: "There is no Supabase at the address of the mirror.",
    });
    const gone = await open(() => Promise.reject(new TypeError("fetch failed")));
    await expect(gone.auth.signIn("a@example.org", "x")).rejects.toMatchObject({
      code: "cloud_unreachable",
    });
  });

  it("is signed out here without a network, but not everywhere", async () => {
    const { auth, changes, tokens } = await open(({ path }) => {
      if (path.endsWith("/logout")) throw new TypeError("fetch failed");
      return json(session());
    });
    await auth.signIn("user-1@example.org", "secret");
    await expect(auth.signOut("everywhere")).rejects.toMatchObject({ code: "cloud_unreachable" });
    expect(await auth.account()).toEqual(account());
    await auth.signOut("here");
    expect(tokens.secret).toBeNull();
    expect(changes).toEqual([account(), null]);
  });

  it("stays signed in through a pause of the project, and is told of its end once", async () => {
    const kept = { ...session(), expires_at: 1 };
    const secret = JSON.stringify({ "aetheria-mirror": JSON.stringify(kept) });
    const over = await open(() => json({ code: "session_not_found", msg: "gone" }, 403), secret);
    const signal = new AbortController().signal;
    await expect(over.cloud.server.devices(signal)).rejects.toMatchObject({ code: "unauthorized" });
    await expect.poll(() => over.changes).toEqual([null]);
    expect(over.tokens.secret).toBeNull();
  });

  it("deletes what is in the cloud, and is signed out then", async () => {
    const { cloud, asked, tokens } = await open(({ path }) => {
      if (path.includes("/object/list/")) return json([]);
      return path.includes("/token") ? json(session()) : json(null);
    });
    await cloud.auth.signIn("user-1@example.org", "secret");
    await cloud.deleteCloudData(new AbortController().signal);
    expect(asked.map((one) => one.path)).toContain("/rest/v1/rpc/mirror_delete_all");
    expect(tokens.secret).toBeNull();
  });
});
