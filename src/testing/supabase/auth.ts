// Supabase Auth's part of the gateway: accounts by password, by a link in a message or by a provider
// that says yes at once; refresh tokens that rotate; PKCE as auth-js speaks it. Messages are not sent:
// they are kept for the test to read.
import { createHash, randomBytes, randomUUID } from "node:crypto";
import * as z from "zod/mini";
import type { Database } from "./database.ts";
import { createUsers, hashOf, isRight, shown, User } from "./auth-users.ts";
import { header, jsonOf, refuse, type Asked, type Refused, type Reply } from "./http.ts";
import { readRedirects } from "./redirects.ts";
import type { Tokens } from "./tokens.ts";

export type Mail = { to: string; link: string };

export interface Auth {
  answer(asked: Asked): Promise<Reply>;
  readonly mails: Mail[];
}

export type AuthSettings = {
  /** Sign-ups wait for the link that was sent. */
  confirmsEmail: boolean;
  /** Who comes back from a provider. */
  providerEmail: string;
};

const Body = z.looseObject({
  email: z.optional(z.string()),
  password: z.optional(z.string()),
  refresh_token: z.optional(z.string()),
  auth_code: z.optional(z.string()),
  code_verifier: z.optional(z.string()),
  code_challenge: z.nullish(z.string()),
  create_user: z.optional(z.boolean()),
});
type Body = z.infer<typeof Body>;

const providers = ["github", "google"];
const reuseSeconds = 10;

export function createAuth(
  { sql }: Pick<Database, "sql">,
  tokens: Tokens,
  gateway: { url(): string },
  settings: AuthSettings,
): Auth {
  const mails: Mail[] = [];
  const users = createUsers(sql);

  async function begin(user: User): Promise<Reply> {
    const [row] = await sql("insert into auth.sessions (user_id) values ($1) returning id", [
      user.id,
    ]);
    return sessionOf(user, Id.parse(row).id);
  }

  async function sessionOf(user: User, sessionId: string, kept?: string): Promise<Reply> {
    const refreshToken = kept ?? randomBytes(12).toString("base64url");
    if (kept === undefined)
      await sql("insert into auth.refresh_tokens (token, session_id) values ($1, $2)", [
        refreshToken,
        sessionId,
      ]);
    const { id: sub, email } = user;
    const claims = { role: "authenticated", sub, email, session_id: sessionId, aal: "aal1" };
    const body = {
      access_token: tokens.sign(claims),
      token_type: "bearer",
      expires_in: tokens.lifetimeSeconds,
      expires_at: Math.floor(Date.now() / 1_000) + tokens.lifetimeSeconds,
      refresh_token: refreshToken,
      user: shown(user),
    };
    return { status: 200, body };
  }

  async function signUp(asked: Asked, body: Body): Promise<Reply> {
    const email = emailOf(body);
    if ((body.password ?? "").length < leastPassword) throw tooShort();
    if (await users.find("email", email))
      throw no(422, "user_already_exists", "User already registered");
    const user = await users.add(email, body.password ?? "", !settings.confirmsEmail);
    if (!settings.confirmsEmail) return begin(user);
    await sendLink(asked, user, body);
    return { status: 200, body: shown(user) };
  }

  async function byPassword(body: Body): Promise<Reply> {
    const user = await users.find("email", emailOf(body));
    if (!user?.encrypted_password || !isRight(body.password ?? "", user.encrypted_password))
      throw no(400, "invalid_credentials", "Invalid login credentials");
    if (user.email_confirmed_at === null)
      throw no(400, "email_not_confirmed", "Email not confirmed");
    return begin(user);
  }

  async function byRefresh(body: Body): Promise<Reply> {
    const [taken] = await sql(
      `update auth.refresh_tokens set revoked_at = clock_timestamp()
       where token = $1 and revoked_at is null returning session_id`,
      [body.refresh_token],
    );
    const sessionId = taken ? SessionOf.parse(taken).session_id : undefined;
    return sessionId === undefined ? again(body) : sessionOf(await userOf(sessionId), sessionId);
  }

  /** A token that was used already: soon after it is taken for an answer that got lost, later for theft. */
  async function again(body: Body): Promise<Reply> {
    const [row] = await sql(
      `select t.session_id, t.revoked_at > clock_timestamp() - make_interval(secs => $2) as is_soon,
        (select n.token from auth.refresh_tokens n
         where n.session_id = t.session_id and n.revoked_at is null order by n.id desc limit 1) as newest
       from auth.refresh_tokens t where t.token = $1`,
      [body.refresh_token, reuseSeconds],
    );
    if (!row) throw no(400, "refresh_token_not_found", "Invalid Refresh Token: Not Found");
    const { session_id, is_soon, newest } = Used.parse(row);
    if (is_soon) return sessionOf(await userOf(session_id), session_id, newest ?? undefined);
    await sql("delete from auth.sessions where id = $1", [session_id]);
    throw no(400, "refresh_token_already_used", "Invalid Refresh Token: Already Used");
  }

  async function userOf(sessionId: string): Promise<User> {
    const [row] = await sql(
      "select u.* from auth.users u join auth.sessions s on s.user_id = u.id where s.id = $1",
      [sessionId],
    );
    return User.parse(row);
  }

  const redirect = readRedirects();
  const backOf = ({ url }: Pick<Asked, "url">) => redirect(url.searchParams.get("redirect_to"));

  async function sendLink(asked: Asked, user: User, body: Body): Promise<void> {
    const token = randomUUID();
    await sql(
      "insert into auth.flow_state (link_token, user_id, code_challenge) values ($1, $2, $3)",
      [token, user.id, body.code_challenge ?? null],
    );
    const query = new URLSearchParams({
      token,
      type: "magiclink",
      redirect_to: backOf(asked),
    });
    mails.push({ to: user.email, link: `${gateway.url()}/auth/v1/verify?${query}` });
  }

  async function sendMagicLink(asked: Asked, body: Body): Promise<Reply> {
    const email = emailOf(body);
    const user = await users.find("email", email);
    if (!user && body.create_user === false)
      throw no(422, "otp_disabled", "Signups not allowed for otp");
    await sendLink(asked, user ?? (await users.add(email, null, false)), body);
    return { status: 200, body: {} };
  }

  /** The link in the message was opened. */
  async function verify({ url }: Asked): Promise<Reply> {
    const back = new URL(backOf({ url }));
    const [row] = await sql(
      `delete from auth.flow_state where link_token = $1 and created_at > now() - interval '1 hour'
       returning user_id, code_challenge`,
      [url.searchParams.get("token")],
    );
    if (!row) {
      const error = {
        error: "access_denied",
        error_code: "otp_expired",
        error_description: "Email link is invalid or has expired",
      };
      for (const [name, value] of Object.entries(error)) back.searchParams.set(name, value);
      back.hash = new URLSearchParams(error).toString();
      return to(back);
    }
    await sql("update auth.users set email_confirmed_at = now() where id = $1", [row["user_id"]]);
    return finish(back, Flow.parse(row));
  }

  /** The provider of the tests says yes without asking. */
  async function authorize({ url }: Asked): Promise<Reply> {
    const provider = url.searchParams.get("provider") ?? "";
    if (!providers.includes(provider))
      throw no(400, "validation_failed", "Unsupported provider: provider is not enabled");
    const found = await users.find("email", settings.providerEmail);
    const user = found ?? (await users.add(settings.providerEmail, null, true));
    const back = new URL(backOf({ url }));
    return finish(back, {
      user_id: user.id,
      code_challenge: url.searchParams.get("code_challenge"),
    });
  }

  /** Back with a code for whoever holds the verifier, or, where none was asked for, with the session. */
  async function finish(back: URL, flow: z.infer<typeof Flow>): Promise<Reply> {
    if (flow.code_challenge !== null) {
      const code = randomUUID();
      await sql(
        "insert into auth.flow_state (auth_code, user_id, code_challenge) values ($1, $2, $3)",
        [code, flow.user_id, flow.code_challenge],
      );
      back.searchParams.set("code", code);
      return to(back);
    }
    const user = await users.find("id", flow.user_id);
    const { body } = await begin(User.parse(user));
    const { user: _, ...told } = z.looseObject({ user: z.unknown() }).parse(body);
    const words = new URLSearchParams();
    for (const [name, value] of Object.entries(told)) words.set(name, String(value));
    back.hash = words.toString();
    return to(back);
  }

  async function byCode(body: Body): Promise<Reply> {
    const [row] = await sql(
      `delete from auth.flow_state where auth_code = $1 and created_at > now() - interval '5 minutes'
       returning user_id, code_challenge`,
      [body.auth_code],
    );
    if (!row)
      throw no(404, "flow_state_not_found", "invalid flow state, no valid flow state found");
    const flow = Flow.parse(row);
    const challenge = createHash("sha256")
      .update(body.code_verifier ?? "")
      .digest("base64url");
    if (flow.code_challenge !== challenge)
      throw no(
        400,
        "bad_code_verifier",
        "code challenge does not match previously saved code verifier",
      );
    return begin(User.parse(await users.find("id", flow.user_id)));
  }

  /** Whose token it is, while that session lasts. */
  async function bearer(asked: Asked): Promise<{ user: User; sessionId: string }> {
    const read = tokens.read(header(asked, "authorization").replace(/^Bearer /, ""));
    if (!read || read.isExpired || read.claims.sub === undefined)
      throw no(
        403,
        "bad_jwt",
        "invalid JWT: unable to parse or verify signature, token is expired",
      );
    const sessionId = String(read.claims["session_id"]);
    const [row] = await sql("select id from auth.sessions where id = $1", [sessionId]);
    if (!row)
      throw no(403, "session_not_found", "Session from session_id claim in JWT does not exist");
    return { user: User.parse(await users.find("id", read.claims.sub)), sessionId };
  }

  async function logOut(asked: Asked): Promise<Reply> {
    const { user, sessionId } = await bearer(asked);
    const scope = asked.url.searchParams.get("scope") ?? "global";
    const which =
      { local: "id = $2", others: "id <> $2" }[scope] ?? "id is distinct from $2 or true";
    await sql(`delete from auth.sessions where user_id = $1 and (${which})`, [user.id, sessionId]);
    return { status: 204 };
  }

  async function changeUser(asked: Asked, body: Body): Promise<Reply> {
    const { user } = await bearer(asked);
    if (body.password !== undefined) {
      if (body.password.length < leastPassword) throw tooShort();
      await sql("update auth.users set encrypted_password = $2 where id = $1", [
        user.id,
        hashOf(body.password),
      ]);
    }
    return { status: 200, body: shown(user) };
  }

  async function route(asked: Asked): Promise<Reply> {
    const { method, url } = asked;
    const what = `${method} ${url.pathname.replace("/auth/v1", "")}`;
    const grant = url.searchParams.get("grant_type") ?? "";
    const body = method === "GET" ? {} : Body.parse(jsonOf(asked));
    const routes: Record<string, () => Promise<Reply> | Reply> = {
      "POST /signup": () => signUp(asked, body),
      "POST /token password": () => byPassword(body),
      "POST /token refresh_token": () => byRefresh(body),
      "POST /token pkce": () => byCode(body),
      "POST /otp": () => sendMagicLink(asked, body),
      "GET /verify": () => verify(asked),
      "GET /authorize": () => authorize(asked),
      "GET /user": async () => ({ status: 200, body: shown((await bearer(asked)).user) }),
      "PUT /user": () => changeUser(asked, body),
      "POST /logout": () => logOut(asked),
      "GET /settings": () => ({ status: 200, body: { external: { email: true, github: true } } }),
      "GET /health": () => ({ status: 200, body: { name: "GoTrue" } }),
    };
    const handle = routes[`${what} ${grant}`.trim()];
    return handle ? handle() : { status: 404, body: { code: "not_found", message: what } };
  }

  return {
    mails,
    async answer(asked) {
      const reply = await route(asked);
      return { ...reply, headers: { ...versionHeader, ...reply.headers } };
    },
  };
}

const Id = z.object({ id: z.string() });
const SessionOf = z.object({ session_id: z.string() });
const Used = z.object({
  session_id: z.string(),
  is_soon: z.nullable(z.boolean()),
  newest: z.nullable(z.string()),
});
const Flow = z.object({ user_id: z.string(), code_challenge: z.nullable(z.string()) });

/** From this version on an error's code is its name. */
const versionHeader = { "x-supabase-api-version": "2024-01-01" };

const no = (status: number, code: string, message: string): Refused =>
  refuse(status, { code, message }, versionHeader);
const weak = (message: string, reasons: string[]): Refused =>
  refuse(
    422,
    { code: "weak_password", message, weak_password: { message, reasons } },
    versionHeader,
  );
/** As supabase/config.toml has it. */
const leastPassword = 8;
const tooShort = () => weak("Password should be at least 8 characters.", ["length"]);
const to = (url: URL): Reply => ({ status: 303, headers: { location: url.href } });

function emailOf(body: Body): string {
  const email = (body.email ?? "").toLowerCase();
  if (/^[^\s@]+@[^\s@]+$/.test(email)) return email;
  throw no(400, "validation_failed", "Unable to validate email address: invalid format");
}
