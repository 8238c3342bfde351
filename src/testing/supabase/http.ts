// Requests and answers of the gateway, apart from sockets.
import type { IncomingHttpHeaders } from "node:http";
import * as z from "zod/mini";

export type Asked = {
  method: string;
  url: URL;
  headers: IncomingHttpHeaders;
  body: Buffer;
};

export type Reply = {
  status: number;
  /** Bytes as they are, anything else as JSON; undefined: none. */
  body?: unknown;
  headers?: Record<string, string>;
};

/** An answer that is thrown: nothing of the request stays. */
export class Refused extends Error {
  readonly reply: Reply;
  constructor(reply: Reply) {
    super(`${reply.status} ${JSON.stringify(reply.body)}`);
    this.reply = reply;
  }
}

export const refuse = (
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): Refused => new Refused({ status, body, headers });

export const JsonObject = z.record(z.string(), z.unknown());
export type JsonObject = z.infer<typeof JsonObject>;

export function jsonOf(asked: Asked): unknown {
  if (asked.body.length === 0) return {};
  return JSON.parse(asked.body.toString("utf8"));
}

export const header = (asked: Asked, name: string): string => {
  const value = asked.headers[name];
  return Array.isArray(value) ? value.join(", ") : (value ?? "");
};
