// Accounts and sessions: passwords by pgcrypto, access tokens of an hour, refresh tokens that are used
// once. The one used last may come again (its answer was lost); an older one ends the session.
import { randomBytes, randomUUID } from "node:crypto";
import { AuthError } from "./auth-error.ts";
import type { Database, Query, Row } from "./database.ts";
import type { Tokens } from "./tokens.ts";

export type User = Row & { id: string; email: string; email_confirmed_at: string | null };

export interface AuthSessions {
  /** null: there is one with that address. */
  addUser(email: string, password: string, isConfirmed: boolean): Promise<User | null>;
  userById(id: string): Promise<User | null>;
  userByEmail(email: string): Promise<User | null>;
  userByPassword(email: string, password: string): Promise<User | null>;
  setPassword(id: string, password: string): Promise<void>;
  confirm(id: string): Promise<void>;
  /** As the API tells of a user: without what nobody must see. */
  told(user: User): object;
  begin(user: User): Promise<object>;
  renew(refreshToken: string): Promise<object>;
  exists(sessionId: string): Promise<boolean>;
  end(userId: string, sessionId: string, scope: string): Promise<void>;
}

const lifetimeSeconds = 3_600;
const reuseSeconds = 10;

type Given = {
  token: string;
  session_id: string;
  user_id: string;
  revoked: boolean;
  late: boolean;
};

export function createAuthSessions(database: Database, tokens: Tokens): AuthSessions {
  const find = async (where: string, ...params: unknown[]): Promise<User | null> =>
    ((await database.admin(`select * from auth.users where ${where}`, params)).rows[0] ??
      null) as User | null;

  async function handOut(query: Query, user: User, sessionId: string, parent: string | null) {
    const refreshToken = randomBytes(9).toString("base64url");
    await query(`insert into auth.refresh_tokens (token, session_id, parent) values ($1, $2, $3)`, [
      refreshToken,
      sessionId,
      parent,
    ]);
    return answer(user, sessionId, refreshToken);
  }

  function answer(user: User, sessionId: string, refreshToken: string): object {
    const claims = {
      ...{ aud: "authenticated", role: "authenticated", sub: user.id, email: user.email },
      ...{ session_id: sessionId, aal: "aal1", is_anonymous: false },
      app_metadata: user["raw_app_meta_data"],
      user_metadata: user["raw_user_meta_data"],
    };
    return {
      access_token: tokens.sign(claims, lifetimeSeconds),
      token_type: "bearer",
      expires_in: lifetimeSeconds,
      expires_at: Math.floor(Date.now() / 1_000) + lifetimeSeconds,
      refresh_token: refreshToken,
      user: told(user),
    };
  }

  async function replace(query: Query, given: Given): Promise<object | null> {
    const user = (await query(`select * from auth.users where id = $1`, [given.user_id]))
      .rows[0] as User;
    if (!given.revoked) {
      await query(
        `update auth.refresh_tokens set revoked = true, updated_at = now() where token = $1`,
        [given.token],
      );
      return handOut(query, user, given.session_id, given.token);
    }
    const { rows } = await query(
      `select token, parent from auth.refresh_tokens where session_id = $1 and not revoked`,
      [given.session_id],
    );
    const active = rows[0];
    if (active && (active["parent"] === given.token || !given.late))
      return answer(user, given.session_id, String(active["token"]));
    await query(`update auth.refresh_tokens set revoked = true where session_id = $1`, [
      given.session_id,
    ]);
    return null;
  }

  return {
    async addUser(email, password, isConfirmed) {
      const { rows } = await database.admin(
        `insert into auth.users (email, encrypted_password, email_confirmed_at)
         values ($1, extensions.crypt($2, extensions.gen_salt('bf', 4)), case when $3 then now() end)
         on conflict do nothing returning *`,
        [email, password, isConfirmed],
      );
      return (rows[0] ?? null) as User | null;
    },
    userById: (id) => find("id = $1", id),
    userByEmail: (email) => find("email = $1", email),
    userByPassword: (email, password) =>
      find(
        "email = $1 and encrypted_password = extensions.crypt($2, encrypted_password)",
        email,
        password,
      ),
    async setPassword(id, password) {
      await database.admin(
        `update auth.users set encrypted_password = extensions.crypt($2, extensions.gen_salt('bf', 4))
         where id = $1`,
        [id, password],
      );
    },
    async confirm(id) {
      await database.admin(
        `update auth.users set email_confirmed_at = coalesce(email_confirmed_at, now()) where id = $1`,
        [id],
      );
    },
    told,
    begin: (user) =>
      database.adminAll(async (query) => {
        const sessionId = randomUUID();
        await query(`insert into auth.sessions (id, user_id) values ($1, $2)`, [
          sessionId,
          user.id,
        ]);
        return handOut(query, user, sessionId, null);
      }),
    async renew(refreshToken) {
      const answered = await database.adminAll(async (query) => {
        const { rows } = await query(
          `select r.token, r.session_id, s.user_id, r.revoked,
             r.updated_at < now() - make_interval(secs => ${reuseSeconds}) as late
           from auth.refresh_tokens r join auth.sessions s on s.id = r.session_id
           where r.token = $1 for update`,
          [refreshToken],
        );
        if (rows[0] === undefined)
          throw new AuthError(
            400,
            "refresh_token_not_found",
            "Invalid Refresh Token: Refresh Token Not Found",
          );
        return replace(query, rows[0] as Given);
      });
      if (answered !== null) return answered;
      throw new AuthError(400, "refresh_token_already_used", "Invalid Refresh Token: Already Used");
    },
    async exists(sessionId) {
      const text = `select 1 from auth.sessions where id = $1`;
      return (await database.admin(text, [sessionId])).rowCount === 1;
    },
    async end(userId, sessionId, scope) {
      const which = { local: "id = $2", others: "id <> $2" }[scope] ?? "$2::uuid is not null";
      const text = `delete from auth.sessions where user_id = $1 and ${which}`;
      await database.admin(text, [userId, sessionId]);
    },
  };
}

function told(user: User): object {
  return {
    id: user.id,
    aud: "authenticated",
    role: "authenticated",
    email: user.email,
    email_confirmed_at: user.email_confirmed_at,
    app_metadata: user["raw_app_meta_data"],
    user_metadata: user["raw_user_meta_data"],
    identities: [],
    created_at: user["created_at"],
    updated_at: user["updated_at"],
    is_anonymous: false,
  };
}
