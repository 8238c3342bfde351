// A build plugin: `new URL("./some.worker.ts", import.meta.url)` names a module that is started on
// its own (a worker, a child process). It becomes a chunk of its own, beside the chunks that
// start it, so the same line works from src/ and from out/chunks/. Programs in other languages, and
// those that run behind the wall of a sandbox, come along as they are.
import { readFileSync } from "node:fs";
import { dirname, relative, resolve, sep } from "node:path";
import type { Plugin } from "vite";

const moduleUrl =
  /new URL\(\s*(["'])(\.{1,2}\/[^"']+(?:\.(?:ts|py|mjs)|\/Dockerfile))\1,\s*import\.meta\.url,?\s*\)/g;

export function bundledModuleUrls(sourceFolder = "src"): Plugin {
  return {
    name: "bundled-module-urls",
    transform(code, id) {
      if (!code.includes("import.meta.url")) return null;
      return code.replace(moduleUrl, (_all, _quote: string, path: string) => {
        const module = resolve(dirname(id), path);
        const name = chunkName(sourceFolder, module);
        const fileName = `chunks/${name}`;
        if (path.endsWith(".ts")) this.emitFile({ type: "chunk", id: module, fileName });
        else this.emitFile({ type: "asset", source: readFileSync(module), fileName });
        return `new URL("./${name}", import.meta.url)`;
      });
    },
  };
}

/** `src/host/store/check.worker.ts` → `host-store-check.worker.js`: readable and unique. */
function chunkName(sourceFolder: string, module: string): string {
  const path = relative(sourceFolder, module).split(sep);
  return path
    .filter((part) => part !== "..")
    .join("-")
    .replace(/\.ts$/, ".js");
}
