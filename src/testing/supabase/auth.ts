// What Supabase Auth does for supabase-js: accounts by e-mail and password, sessions with refresh
// tokens that are used once, sign-ins by message or by another's page (PKCE). No mail leaves: it lies in
// `mails`, and the other's page says yes at once.
import { randomBytes } from "node:crypto";
import { AuthError } from "./auth-error.ts";
import { createAuthFlows, type AuthOptions, type Mail } from "./auth-flows.ts";
import { createAuthSessions, type User } from "./auth-sessions.ts";
import type { Database } from "./database.ts";
import { isSomebody, jsonOf, whoAsks, type Ask, type Reply, type Room } from "./http.ts";
import type { Tokens } from "./tokens.ts";

export interface Auth {
  room: Room;
  /** Messages that would have been sent, oldest first. */
  mails: Mail[];
}

const shortestPassword = 6;

export function createAuth(database: Database, tokens: Tokens, options: AuthOptions): Auth {
  const sessions = createAuthSessions(database, tokens);
  const flows = createAuthFlows(database, sessions, options);

  async function signUp(ask: Ask): Promise<Reply> {
    const { email, password, challenge } = readCredentials(ask);
    if (!/^\S+@\S+\.\S+$/.test(email))
      throw new AuthError(
        400,
        "validation_failed",
        "Unable to validate email address: invalid format",
      );
    if (password.length < shortestPassword)
      throw new AuthError(
        422,
        "weak_password",
        `Password should be at least ${shortestPassword} characters.`,
        { weak_password: { reasons: ["length"] } },
      );
    const user = await sessions.addUser(email, password, !options.confirmsEmail);
    if (user === null) throw new AuthError(422, "user_already_exists", "User already registered");
    if (!options.confirmsEmail) return { status: 200, body: await sessions.begin(user) };
    await flows.sendLink(user, { ...challenge, redirectTo: ask.query.get("redirect_to") }, ask.url);
    return { status: 200, body: sessions.told(user) };
  }

  async function grant(ask: Ask): Promise<Reply> {
    const body = jsonOf(ask);
    const type = ask.query.get("grant_type");
    if (type === "password") return { status: 200, body: await signIn(ask) };
    if (type === "refresh_token")
      return { status: 200, body: await sessions.renew(String(body["refresh_token"])) };
    if (type === "pkce") {
      const code = String(body["auth_code"]);
      return { status: 200, body: await flows.exchange(code, String(body["code_verifier"])) };
    }
    throw new AuthError(400, "validation_failed", `unsupported_grant_type ${type}`);
  }

  async function signIn(ask: Ask): Promise<object> {
    const { email, password } = readCredentials(ask);
    const user = await sessions.userByPassword(email, password);
    if (user === null) throw new AuthError(400, "invalid_credentials", "Invalid login credentials");
    if (user.email_confirmed_at === null)
      throw new AuthError(400, "email_not_confirmed", "Email not confirmed");
    return sessions.begin(user);
  }

  async function magicLink(ask: Ask): Promise<Reply> {
    const { email, challenge } = readCredentials(ask);
    let user = await sessions.userByEmail(email);
    if (user === null && jsonOf(ask)["create_user"] === false)
      throw new AuthError(422, "otp_disabled", "Signups not allowed for otp");
    user ??= await sessions.addUser(email, randomBytes(24).toString("base64url"), false);
    if (user === null) throw new AuthError(500, "unexpected_failure", "Database error");
    await flows.sendLink(user, { ...challenge, redirectTo: ask.query.get("redirect_to") }, ask.url);
    return { status: 200, body: {} };
  }

  async function ownUser(ask: Ask): Promise<Reply> {
    const { user, sessionId } = await signedIn(ask);
    if (ask.method === "PUT") {
      const password = jsonOf(ask)["password"];
      if (typeof password === "string") await sessions.setPassword(user.id, password);
    }
    if (!(await sessions.exists(sessionId)))
      throw new AuthError(
        403,
        "session_not_found",
        "Session from session_id claim in JWT does not exist",
      );
    return { status: 200, body: sessions.told(user) };
  }

  async function signOut(ask: Ask): Promise<Reply> {
    const { user, sessionId } = await signedIn(ask);
    await sessions.end(user.id, sessionId, ask.query.get("scope") ?? "global");
    return { status: 204 };
  }

  async function signedIn(ask: Ask): Promise<{ user: User; sessionId: string }> {
    const who = whoAsks(ask, tokens);
    if (who === null)
      throw new AuthError(401, "no_authorization", "This endpoint requires a Bearer token");
    if (!who.ok)
      throw new AuthError(
        403,
        "bad_jwt",
        `invalid JWT: unable to parse or verify signature, token is ${who.why}`,
      );
    if (!isSomebody(who.claims))
      throw new AuthError(403, "bad_jwt", "invalid claim: missing sub claim");
    const user = await sessions.userById(who.claims.sub);
    if (user === null)
      throw new AuthError(403, "user_not_found", "User from sub claim in JWT does not exist");
    return { user, sessionId: String(who.claims["session_id"]) };
  }

  const routes: Record<string, (ask: Ask) => Promise<Reply>> = {
    "POST signup": signUp,
    "POST token": grant,
    "POST otp": magicLink,
    "GET user": ownUser,
    "PUT user": ownUser,
    "POST logout": signOut,
    "GET verify": (ask) => flows.followLink(ask),
    "GET authorize": (ask) => flows.authorize(ask),
    "GET health": async () => ({ status: 200, body: { name: "GoTrue" } }),
  };
  return { mails: flows.mails, room: (ask) => answer(ask, routes) };
}

async function answer(
  ask: Ask,
  routes: Record<string, (ask: Ask) => Promise<Reply>>,
): Promise<Reply> {
  try {
    const route = routes[`${ask.method} ${ask.path.join("/")}`];
    if (route === undefined) throw new AuthError(404, "not_found", "404 page not found");
    return await route(ask);
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    const { status, code, message, more } = error;
    return { status, headers: { "x-sb-error-code": code }, body: { code, message, ...more } };
  }
}

type Credentials = { email: string; password: string; challenge: ReturnType<typeof challengeOf> };

function readCredentials(ask: Ask): Credentials {
  const body = jsonOf(ask);
  const email = String(body["email"] ?? "").toLowerCase();
  return { email, password: String(body["password"] ?? ""), challenge: challengeOf(body) };
}

const challengeOf = (body: Record<string, unknown>) => ({
  challenge: typeof body["code_challenge"] === "string" ? body["code_challenge"] : null,
  method: typeof body["code_challenge_method"] === "string" ? body["code_challenge_method"] : null,
});
