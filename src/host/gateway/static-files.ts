// The built page, from a list made once: a request names an entry of it or nothing, so no path from
// outside ever reaches the file system.
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";

export type StaticFile = {
  path: string;
  mime: string;
  sizeBytes: number;
  etag: string;
  /** The name holds a hash of the content: it may be kept for ever. */
  isHashed: boolean;
};

export interface StaticFiles {
  /** `/` is the page itself; null: there is no such file. */
  find(urlPath: string): Promise<StaticFile | null>;
}

const mimes: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".webmanifest": "application/manifest+json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".webp": "image/webp",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".woff": "font/woff",
  ".wasm": "application/wasm",
  ".mp3": "audio/mpeg",
  ".wav": "audio/wav",
};

/** Vite's way: `assets/name-<8 or more characters>.ext`. */
const hashedName = /^\/assets\/.+-[\w-]{8,}\.\w+$/;

export function createStaticFiles(folder: string): StaticFiles {
  // Made with the first request, so that the gateway is up sooner.
  let listed: Promise<Map<string, string>> | null = null;
  return {
    async find(urlPath) {
      listed ??= listFiles(folder);
      const path = (await listed).get(urlPath === "/" ? "/index.html" : urlPath);
      if (path === undefined) return null;
      const { size, mtimeMs } = await stat(path);
      return {
        path,
        mime: mimes[extname(path)] ?? "application/octet-stream",
        sizeBytes: size,
        etag: `"${size.toString(36)}-${Math.floor(mtimeMs).toString(36)}"`,
        isHashed: hashedName.test(urlPath),
      };
    },
  };
}

export const openStaticFile = (file: StaticFile) => createReadStream(file.path);

/** URL path → file. Links are left out: they could lead anywhere. */
async function listFiles(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return new Map(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [`/${relative(folder, path).split(sep).join("/")}`, path];
    }),
  );
}
