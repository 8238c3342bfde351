// Sign-ins that leave the app and come back with a code (PKCE): by a link in a message, and by the page
// of a provider, which here is nobody and says yes at once.
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { AuthError } from "./auth-error.ts";
import type { AuthSessions, User } from "./auth-sessions.ts";
import type { Database } from "./database.ts";
import type { Ask, Reply } from "./http.ts";

export type AuthOptions = {
  /** Where a sign-in may come back to; `*` stands for what is neither `.` nor `/`. */
  redirects: string[];
  siteUrl: string;
  /** New accounts have to follow the link of a message first. */
  confirmsEmail: boolean;
};

export type Mail = { to: string; link: string };
export type Begun = {
  challenge: string | null;
  method: string | null;
  redirectTo: string | null;
};

export interface AuthFlows {
  mails: Mail[];
  sendLink(user: User, begun: Begun, url: string): Promise<void>;
  followLink(ask: Ask): Promise<Reply>;
  authorize(ask: Ask): Promise<Reply>;
  exchange(code: string, verifier: string): Promise<object>;
}

/** The others are "not enabled". */
const providers = ["github", "google"];

export function createAuthFlows(
  database: Database,
  sessions: AuthSessions,
  options: AuthOptions,
): AuthFlows {
  const mails: Mail[] = [];
  const allowed = options.redirects.map(patternOf);
  const back = (redirectTo: string | null): string =>
    redirectTo !== null && allowed.some((pattern) => pattern.test(redirectTo))
      ? redirectTo
      : options.siteUrl;

  async function begin(begun: Begun, userId: string, token: string | null): Promise<string> {
    const code = randomUUID();
    await database.admin(
      `insert into auth.flow_state (user_id, auth_code, code_challenge, code_challenge_method, token,
         redirect_to) values ($1, $2, $3, $4, $5, $6)`,
      [userId, code, begun.challenge, begun.method, token, back(begun.redirectTo)],
    );
    return code;
  }

  return {
    mails,
    async sendLink(user, begun, url) {
      const token = randomBytes(16).toString("hex");
      await begin(begun, user.id, token);
      mails.push({ to: user.email, link: `${url}/auth/v1/verify?type=magiclink&token=${token}` });
    },

    async followLink(ask) {
      const { rows } = await database.admin(
        `update auth.flow_state set token = null where token = $1 returning *`,
        [ask.query.get("token")],
      );
      const flow = rows[0];
      if (flow === undefined) return leadTo(options.siteUrl, expiredLink);
      await sessions.confirm(String(flow["user_id"]));
      return leadTo(String(flow["redirect_to"]), { code: String(flow["auth_code"]) });
    },

    async authorize(ask) {
      const read = (name: string) => ask.query.get(name);
      const provider = read("provider") ?? "";
      if (!providers.includes(provider))
        throw new AuthError(
          400,
          "validation_failed",
          "Unsupported provider: provider is not enabled",
        );
      const email = `ada@${provider}.test`;
      const user =
        (await sessions.userByEmail(email)) ?? (await sessions.addUser(email, randomUUID(), true));
      if (user === null) throw new AuthError(500, "unexpected_failure", "Database error");
      const begun = {
        challenge: read("code_challenge"),
        method: read("code_challenge_method"),
        redirectTo: read("redirect_to"),
      };
      return leadTo(back(begun.redirectTo), { code: await begin(begun, user.id, null) });
    },

    async exchange(code, verifier) {
      const { rows } = await database.admin(
        `delete from auth.flow_state where auth_code = $1 and token is null returning *`,
        [code],
      );
      const flow = rows[0];
      if (flow === undefined)
        throw new AuthError(
          404,
          "flow_state_not_found",
          "invalid flow state, no valid flow state found",
        );
      const own =
        flow["code_challenge_method"] === "plain"
          ? verifier
          : createHash("sha256").update(verifier).digest("base64url");
      if (own !== flow["code_challenge"])
        throw new AuthError(
          400,
          "bad_code_verifier",
          "code challenge does not match previously saved code verifier",
        );
      const user = await sessions.userById(String(flow["user_id"]));
      if (user === null) throw new AuthError(404, "user_not_found", "User not found");
      return sessions.begin(user);
    },
  };
}

const expiredLink = {
  error: "access_denied",
  error_code: "otp_expired",
  error_description: "Email link is invalid or has expired",
};

function leadTo(address: string, params: Record<string, string>): Reply {
  const url = new URL(address);
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value);
  return { status: 303, headers: { location: url.href } };
}

function patternOf(glob: string): RegExp {
  const escaped = glob.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`);
  const any = escaped.replaceAll("**", "\0").replaceAll("*", "[^./]*").replaceAll("\0", ".*");
  return new RegExp(`^${any}$`);
}
