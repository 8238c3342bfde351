// Serves the built page as app://aetheria/: files of one folder and nothing outside of it.
import { extname, join, normalize, sep } from "node:path";
import { protocol } from "electron";
import { pageHeaders, pageOrigin } from "./page-policy.ts";

const mimes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".webmanifest": "application/manifest+json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".woff": "font/woff",
  ".ttf": "font/ttf",
  ".wasm": "application/wasm",
};

/** Before the app is ready, and once. */
export function registerPageScheme(): void {
  const privileges = { standard: true, secure: true, supportFetchAPI: true, codeCache: true };
  protocol.registerSchemesAsPrivileged([{ scheme: "app", privileges }]);
}

/** By the older of Electron's two ways: the newer one hands each file through JavaScript, which the start
 * waits for (docs/decisions/0011). */
export function servePage(folder: string): void {
  protocol.registerFileProtocol("app", ({ url, method }, answer) => {
    const path = method === "GET" ? fileOf(url, folder) : null;
    if (path === null) return answer({ error: notFound });
    const mime = mimes[extname(path)] ?? "application/octet-stream";
    answer({ path, headers: { ...pageHeaders, "Content-Type": mime } });
  });
}

/** net::ERR_FILE_NOT_FOUND */
const notFound = -6;

/** The file an address names; null: none that may be read. */
export function fileOf(url: string, folder: string): string | null {
  const { origin, host, protocol: scheme, pathname } = new URL(url);
  if (`${scheme}//${host}` !== pageOrigin && origin !== pageOrigin) return null;
  const name = decoded(pathname === "/" ? "/index.html" : pathname);
  if (name === null || name.includes("\0")) return null;
  const path = normalize(join(folder, name));
  return path.startsWith(folder + sep) ? path : null;
}

function decoded(pathname: string): string | null {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return null;
  }
}
