import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { build } from "vite";
import { bundledModuleUrls } from "./bundled-module-urls.ts";

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "aetheria-bundle-")));
});
afterEach(() => rmSync(folder, { recursive: true }));

it("gives a module that is started by its address a file of its own, and finds it there", async () => {
  const write = (path: string, text: string) => writeFileSync(join(folder, path), text);
  mkdirSync(join(folder, "src"));
  write("package.json", '{ "type": "module" }');
  write("src/entry.ts", 'export const load = () => import("./starter.ts");');
  write(
    "src/starter.ts",
    'export const address: string = new URL("./side.worker.ts", import.meta.url).href;',
  );
  write("src/side.worker.ts", 'export const answer: string = "from the side";');
  await build({
    root: folder,
    configFile: false,
    logLevel: "silent",
    plugins: [bundledModuleUrls(join(folder, "src"))],
    build: {
      ssr: "src/entry.ts",
      outDir: "out",
      rolldownOptions: { output: { chunkFileNames: "chunks/[name]-[hash].js" } },
    },
  });
  const { load } = await import(pathToFileURL(join(folder, "out/entry.js")).href);
  const { address } = await load();
  expect(address).toMatch(/\/out\/chunks\/side\.worker\.js$/);
  expect((await import(address)).answer).toBe("from the side");
});
