// HS256 tokens as Supabase Auth signs them, and which of them still count.
import { createHmac, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import * as z from "zod/mini";
import type { Claims } from "./database.ts";

const Told = z.looseObject({
  role: z.string(),
  sub: z.optional(z.string()),
  jti: z.optional(z.string()),
  exp: z.number(),
});

export interface Tokens {
  readonly anonKey: string;
  readonly serviceKey: string;
  readonly lifetimeSeconds: number;
  sign(claims: Claims): string;
  /** null: not ours. `expired`: it was, once. */
  read(token: string): { claims: Claims; isExpired: boolean } | null;
  /** Every token of this user (or of everybody) that was signed until now. */
  expire(userId?: string): void;
}

export function createTokens(lifetimeSeconds = 3_600): Tokens {
  const secret = randomBytes(32);
  const expired = new Set<string>();
  const signed = new Map<string, string>();
  const signatureOf = (text: string) =>
    createHmac("sha256", secret).update(text).digest("base64url");

  function sign(claims: Claims, seconds = lifetimeSeconds): string {
    const nowSeconds = Math.floor(Date.now() / 1_000);
    const jti = randomUUID();
    if (claims.sub !== undefined) signed.set(jti, claims.sub);
    const body = {
      iss: "gateway",
      aud: claims.role,
      jti,
      iat: nowSeconds,
      exp: nowSeconds + seconds,
    };
    const text = [
      { alg: "HS256", typ: "JWT" },
      { ...body, ...claims },
    ]
      .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
      .join(".");
    return `${text}.${signatureOf(text)}`;
  }

  const tenYears = 10 * 365 * 86_400;
  return {
    lifetimeSeconds,
    anonKey: sign({ role: "anon" }, tenYears),
    serviceKey: sign({ role: "service_role" }, tenYears),
    sign: (claims) => sign(claims),
    read(token) {
      const [head, body, signature] = token.split(".");
      const given = Buffer.from(signature ?? "");
      const right = Buffer.from(signatureOf(`${head}.${body}`));
      if (given.length !== right.length || !timingSafeEqual(given, right)) return null;
      const claims = Told.parse(JSON.parse(Buffer.from(body ?? "", "base64url").toString("utf8")));
      const isExpired = claims.exp * 1_000 <= Date.now() || expired.has(claims.jti ?? "");
      return { claims, isExpired };
    },
    expire(userId) {
      for (const [jti, sub] of signed) if (userId === undefined || sub === userId) expired.add(jti);
    },
  };
}
