// The accounts of the gateway, as rows of auth.users, and their passwords.
import { randomBytes, scryptSync, timingSafeEqual } from "node:crypto";
import * as z from "zod/mini";
import type { Database } from "./database.ts";

export const User = z.object({
  id: z.string(),
  email: z.string(),
  encrypted_password: z.nullable(z.string()),
  email_confirmed_at: z.nullable(z.date()),
  created_at: z.date(),
});
export type User = z.infer<typeof User>;

export function createUsers(sql: Database["sql"]) {
  return {
    async find(column: "id" | "email", value: string): Promise<User | undefined> {
      const [row] = await sql(`select * from auth.users where ${column} = $1`, [value]);
      return row && User.parse(row);
    },
    async add(email: string, password: string | null, isConfirmed: boolean): Promise<User> {
      const [row] = await sql(
        `insert into auth.users (email, encrypted_password, email_confirmed_at)
         values ($1, $2, ${isConfirmed ? "now()" : "null"}) returning *`,
        [email, password && hashOf(password)],
      );
      return User.parse(row);
    },
  };
}

/** As the API shows one. */
export function shown({ id, email, email_confirmed_at, created_at }: User) {
  return {
    id,
    aud: "authenticated",
    role: "authenticated",
    email,
    email_confirmed_at,
    created_at,
    updated_at: created_at,
    app_metadata: { provider: "email", providers: ["email"] },
    user_metadata: {},
    identities: [],
  };
}

/** Cheap: nobody's real password lies here. */
const cost = { N: 1_024 };

export function hashOf(password: string): string {
  const salt = randomBytes(16);
  return `${salt.toString("hex")}:${scryptSync(password, salt, 32, cost).toString("hex")}`;
}

export function isRight(password: string, kept: string): boolean {
  const [salt = "", hash = ""] = kept.split(":");
  const right = Buffer.from(hash, "hex");
  return timingSafeEqual(scryptSync(password, Buffer.from(salt, "hex"), 32, cost), right);
}
