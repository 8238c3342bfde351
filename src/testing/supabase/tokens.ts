// JSON Web Tokens as Supabase signs them (HS256), and which of them still count.
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Claims } from "./database.ts";

export type Verdict =
  { ok: true; claims: Claims } | { ok: false; why: "expired" | "invalid"; claims?: Claims };

export interface Tokens {
  sign(claims: Claims, lifetimeSeconds: number): string;
  verify(token: string): Verdict;
  /** All access tokens so far are as if their time had come; those of one account, or of all. */
  expire(userId?: string): void;
  /** Called whenever `expire` was. */
  onExpire(listener: () => void): void;
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

export function createTokens(): Tokens {
  const secret = randomBytes(32);
  const listeners: (() => void)[] = [];
  let issued = 0;
  /** Tokens up to this number no longer count; by account. */
  const expired = new Map<string, number>();
  const signatureOf = (text: string) => createHmac("sha256", secret).update(text).digest();

  function isExpired(claims: Claims): boolean {
    const number = Number(claims["n"]);
    const until = Math.max(expired.get(claims.sub ?? "") ?? 0, claims.sub ? allUntil() : 0);
    return number <= until || Number(claims["exp"]) * 1_000 <= Date.now();
  }
  const allUntil = (): number => expired.get("*") ?? 0;

  return {
    sign(claims, lifetimeSeconds) {
      const iat = Math.floor(Date.now() / 1_000);
      const payload = { ...claims, iat, exp: iat + lifetimeSeconds, n: ++issued };
      const text = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(payload)}`;
      return `${text}.${signatureOf(text).toString("base64url")}`;
    },
    verify(token) {
      const [head, payload, signature] = token.split(".");
      if (!head || !payload || !signature) return { ok: false, why: "invalid" };
      const given = Buffer.from(signature, "base64url");
      const own = signatureOf(`${head}.${payload}`);
      if (given.length !== own.length || !timingSafeEqual(given, own))
        return { ok: false, why: "invalid" };
      const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as Claims;
      return isExpired(claims) ? { ok: false, why: "expired", claims } : { ok: true, claims };
    },
    expire(userId = "*") {
      expired.set(userId, issued);
      listeners.forEach((listener) => listener());
    },
    onExpire: (listener) => void listeners.push(listener),
  };
}
