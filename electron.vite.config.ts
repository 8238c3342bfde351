import { defineConfig } from "electron-vite";
import { bundledModuleUrls } from "./scripts/bundled-module-urls.ts";
import { leftOut } from "./scripts/left-out.ts";

// The desktop's two programs: main with the host it starts (out/main), and the preload (out/preload).
// The page is the one of vite.renderer.config.ts. Bundled like the command line, for a quick start;
// packages that carry a binary, or read files of their own, stay outside.
const outside = [
  "better-sqlite3",
  "@vscode/ripgrep",
  "@lydell/node-pty",
  "playwright-core",
  "bufferutil",
  "utf-8-validate",
];

export default defineConfig({
  main: {
    plugins: [bundledModuleUrls(), leftOut()],
    // Not `resources`: what is imported from there is to be copied, or a package would lack it.
    publicDir: "out/none",
    ssr: { noExternal: true, external: outside },
    build: {
      outDir: "out/main",
      emptyOutDir: true,
      // Programs that run inside a sandbox, and what its images are made of.
      emitAssets: true,
      target: "node20",
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: "src/main/index.ts", host: "src/host/entry/utility.ts" },
        external: outside,
        output: {
          format: "es",
          entryFileNames: "[name].js",
          chunkFileNames: "chunks/[name]-[hash].js",
        },
      },
    },
  },
  preload: {
    publicDir: false,
    build: {
      outDir: "out/preload",
      emptyOutDir: true,
      target: "node20",
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: "src/preload/index.ts" },
        // A sandboxed preload is CommonJS.
        output: { format: "cjs", entryFileNames: "[name].cjs" },
      },
    },
  },
});
