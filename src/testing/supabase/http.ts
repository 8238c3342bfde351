// What the gateway hears and says: requests with their body read, answers as values, and who asks.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Claims } from "./database.ts";
import type { Tokens, Verdict } from "./tokens.ts";

export type Ask = {
  method: string;
  /** After `/rest/v1` and the like, decoded. */
  path: string[];
  query: URLSearchParams;
  headers: IncomingMessage["headers"];
  body: Buffer;
  /** Where the gateway is. */
  url: string;
};

export type Reply = {
  status: number;
  headers?: Record<string, string>;
  /** A value is sent as JSON, bytes as they are. */
  body?: unknown;
};

export type Room = (ask: Ask) => Promise<Reply>;

const mostBodyBytes = 64 * 2 ** 20;

export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    sizeBytes += piece.length;
    if (sizeBytes > mostBodyBytes) throw new Error("A request of more than 64 MiB.");
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

export function jsonOf(ask: Ask): Record<string, unknown> {
  const value: unknown = ask.body.length === 0 ? {} : JSON.parse(ask.body.toString());
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

/** Of the bearer, or of the key alone. null: there is neither. */
export function whoAsks(ask: Ask, tokens: Tokens): Verdict | null {
  const bearer = /^Bearer (.+)$/i.exec(ask.headers.authorization ?? "")?.[1];
  const key = ask.headers["apikey"];
  const token = bearer ?? (typeof key === "string" ? key : undefined);
  return token === undefined ? null : tokens.verify(token);
}

export const isSomebody = (claims: Claims): claims is Claims & { sub: string } =>
  typeof claims.sub === "string";

/** Browsers ask from other origins. */
const cors = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers":
    "content-range, content-length, retry-after, date, x-sb-error-code",
};

export function send(response: ServerResponse, { status, headers = {}, body }: Reply): void {
  if (body === undefined) {
    response.writeHead(status, { ...cors, ...headers }).end();
    return;
  }
  const isRaw = Buffer.isBuffer(body) || typeof body === "string";
  const bytes = isRaw ? body : JSON.stringify(body);
  const type = { "content-type": "application/json; charset=utf-8" };
  response.writeHead(status, { ...cors, ...type, ...headers }).end(bytes);
}

export function sendPreflight(request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(204, {
    ...cors,
    "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
    "access-control-allow-headers": request.headers["access-control-request-headers"] ?? "*",
    "access-control-max-age": "3600",
  });
  response.end();
}
