// What the gateway answers over plain HTTP: the files of the page and the companion, and `/health`. Data is never among it:
// that takes a token, and a socket.
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream";
import type { RequestGuard } from "./request-guard.ts";
import { securityHeaders } from "./security-headers.ts";
import { createStaticFiles, openStaticFile, type StaticFile } from "./static-files.ts";

export type HttpOptions = {
  guard: RequestGuard;
  staticDir: string | null;
  companionDir: string | null;
  version: string;
};

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const companionPath = "/companion";

export function createHttpAnswer(options: HttpOptions): Answer {
  const { guard, staticDir, companionDir, version } = options;
  const files = staticDir === null ? null : createStaticFiles(staticDir);
  const companion = companionDir === null ? null : createStaticFiles(companionDir);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const problem = guard(request);
    const path = pathOf(request.url ?? "/");
    const isCompanion = path?.startsWith(`${companionPath}/`) === true;
    const served = isCompanion ? "companion" : "page";
    const headers = securityHeaders(request.headers.host ?? "", served);
    for (const [name, value] of Object.entries(headers))
      if (problem === null || name !== "Content-Security-Policy") response.setHeader(name, value);
    if (problem !== null) return say(response, 403, problem);
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("Allow", "GET, HEAD");
      return say(response, 405, "Aetheria only answers GET here.");
    }
    if (path === "/health") return sayHealth(response, version);
    // Its addresses are relative to its folder. The browser takes the fragment along.
    if (path === companionPath && companion) return sendTo(response, `${companionPath}/`);
    const file = isCompanion
      ? await companion?.find(path.slice(companionPath.length))
      : path !== null && (await files?.find(path));
    if (file) return sendFile(request, response, file);
    if (path === "/") return say(response, 404, noPage);
    say(response, 404, "There is nothing here.");
  }

  return (request, response) => {
    answer(request, response).catch(() => {
      // A file of the page that went away or cannot be read.
      if (response.headersSent) response.destroy();
      else say(response, 500, "This file of the page cannot be read. Build Aetheria again.");
    });
  };
}

const noPage =
  "Aetheria is running, but its page was not built: run `npm start` in Aetheria's folder, which builds it.";

/** The decoded path without its query; null for what no file can be called. */
function pathOf(url: string): string | null {
  const [raw = "/"] = url.split(/[?#]/, 1);
  try {
    return decodeURIComponent(raw);
  } catch {
    return null;
  }
}

function say(response: ServerResponse, status: number, sentence: string): void {
  response.statusCode = status;
  response.setHeader("Content-Type", "text/plain; charset=utf-8");
  response.setHeader("Cache-Control", "no-store");
  response.end(`${sentence}\n`);
}

function sendTo(response: ServerResponse, path: string): void {
  response.statusCode = 308;
  response.setHeader("Location", path);
  response.end();
}

function sayHealth(response: ServerResponse, version: string): void {
  response.setHeader("Content-Type", "application/json; charset=utf-8");
  response.setHeader("Cache-Control", "no-store");
  response.end(JSON.stringify({ ok: true, version }));
}

function sendFile(request: IncomingMessage, response: ServerResponse, file: StaticFile): void {
  const lasting = "public, max-age=31536000, immutable";
  response.setHeader("Cache-Control", file.isHashed ? lasting : "no-cache");
  response.setHeader("ETag", file.etag);
  if (request.headers["if-none-match"] === file.etag) {
    response.statusCode = 304;
    response.end();
    return;
  }
  response.setHeader("Content-Type", file.mime);
  response.setHeader("Content-Length", file.sizeBytes);
  if (request.method === "HEAD") {
    response.end();
    return;
  }
  pipeline(openStaticFile(file), response, (error) => {
    // Half a file must not look like a whole one.
    if (error) response.destroy();
  });
}
