// What the proxy says: one sentence, as an answer to a request or to a CONNECT; a page where a person
// or a model would otherwise look at an empty one.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { AetheriaError } from "../../contract/errors.ts";

/** Answers with the sentence and ends the line with it. */
export function say(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  sentence: string,
): void {
  // A connection that was refused is not used again: what follows on it may not be a request.
  response.shouldKeepAlive = false;
  const isPage = /\btext\/html\b/.test(request.headers.accept ?? "");
  response.writeHead(status, reasonOf(sentence), {
    "Content-Type": `text/${isPage ? "html" : "plain"}; charset=utf-8`,
    "Cache-Control": "no-store",
    ...(isPage
      ? { "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'" }
      : {}),
  });
  response.end(isPage ? pageOf(sentence) : `${sentence}\n`);
}

export function answerError(
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
): void {
  say(request, response, statusOf(error), sentenceOf(error));
}

export const sayError = (line: Duplex, error: unknown): void =>
  sayOn(line, statusOf(error), sentenceOf(error));

const statusOf = (error: unknown): number => (error instanceof AetheriaError ? 403 : 502);

/** Most clients show the reason of a refused CONNECT and nothing else. */
export function sayOn(line: Duplex, status: number, sentence: string): void {
  if (!line.writable) return void line.destroy();
  const body = `${sentence}\n`;
  const lines = [
    `HTTP/1.1 ${status} ${reasonOf(sentence)}`,
    "Content-Type: text/plain; charset=utf-8",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
    "",
    body,
  ];
  line.end(lines.join("\r\n"));
  const overdue = setTimeout(() => line.destroy(), 2_000).unref();
  line.once("close", () => clearTimeout(overdue));
  line.once("finish", () => line.destroy());
}

const reasonOf = (sentence: string): string => sentence.replace(/[^\x20-\x7e]/g, "?").slice(0, 200);

export function sentenceOf(error: unknown): string {
  if (error instanceof AetheriaError)
    return error.hint === undefined ? error.message : `${error.message} ${error.hint}`;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return problems[code] ?? "The host could not be reached.";
}

const problems: Readonly<Record<string, string>> = {
  ENOTFOUND: "There is no host of this name.",
  EAI_AGAIN: "The name of the host could not be looked up.",
  ECONNREFUSED: "Nothing answers there.",
  ECONNRESET: "The other side broke the connection.",
  ETIMEDOUT: "The host does not answer.",
};

function pageOf(sentence: string): string {
  const shown = sentence.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const look =
    "font: 16px/1.5 system-ui, sans-serif; margin: 15vh auto; max-width: 34em; padding: 0 1em";
  return `<!doctype html><meta charset="utf-8"><title>Not reached</title><body style="${look}"><p>${shown}</p>\n`;
}
