// One request to the zoo and the ways to answer it.
import type { IncomingHttpHeaders, ServerResponse } from "node:http";

export type Visit = {
  method: string;
  url: URL;
  /** Its first megabyte. */
  body: Buffer;
  sizeBytes: number;
  headers: IncomingHttpHeaders;
  response: ServerResponse;
};

export type Answer = (visit: Visit) => void;

const types = { html: "text/html; charset=utf-8", json: "application/json" };

export function sendHtml({ response }: Visit, title: string, body: string, cookie?: string): void {
  response.writeHead(200, {
    "content-type": types.html,
    ...(cookie !== undefined && { "set-cookie": cookie }),
  });
  response.end(
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escape(title)}</title>${style}</head><body>${body}</body></html>`,
  );
}

export function sendData({ response }: Visit, value: unknown): void {
  response.writeHead(200, { "content-type": types.json });
  response.end(JSON.stringify(value));
}

export function redirect({ response }: Visit, to: string, cookie?: string): void {
  response.writeHead(303, { location: to, ...(cookie !== undefined && { "set-cookie": cookie }) });
  response.end();
}

export const formOf = (visit: Visit): URLSearchParams =>
  new URLSearchParams(visit.body.toString("utf8"));

export function cookieOf(visit: Visit, name: string): string | undefined {
  const pairs = (visit.headers.cookie ?? "").split("; ").map((pair) => pair.split("="));
  return pairs.find(([key]) => key === name)?.[1];
}

export const escape = (text: string): string =>
  text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

const style = `<style>
body { font: 16px/1.4 sans-serif; margin: 0 auto; max-width: 1100px; padding: 16px; }
header, footer { display: flex; gap: 16px; align-items: center; flex-wrap: wrap; padding: 8px 0; }
table { border-collapse: collapse; } th, td { border: 1px solid #999; padding: 4px 8px; }
ul.items { display: grid; grid-template-columns: repeat(4, 1fr); gap: 12px; padding: 0; list-style: none; }
ul.items li { border: 1px solid #ccc; padding: 8px; }
label { display: block; margin: 8px 0; }
</style>`;
