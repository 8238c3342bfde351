import { defineConfig } from "vite";
import { bundledModuleUrls } from "./scripts/bundled-module-urls.ts";
import { leftOut } from "./scripts/left-out.ts";

// The command line and the host for Node, in one folder: `out/cli.js` is a first stage that any
// Node can parse, everything else is in lazily loaded chunks. Bundled, because reading hundreds of
// small files is what makes a Node program slow to start; packages that carry a binary,
// or read files of their own, stay outside.
export default defineConfig({
  plugins: [bundledModuleUrls(), leftOut()],
  publicDir: false,
  build: {
    ssr: true,
    // Programs that run inside a sandbox, and what its images are made of.
    emitAssets: true,
    outDir: "out",
    emptyOutDir: false,
    target: "node22",
    minify: false,
    reportCompressedSize: false,
    rolldownOptions: {
      input: { cli: "src/cli/main.ts" },
      output: {
        format: "esm",
        entryFileNames: "[name].js",
        chunkFileNames: "chunks/[name]-[hash].js",
      },
    },
  },
  ssr: {
    noExternal: true,
    external: [
      "better-sqlite3",
      "@vscode/ripgrep",
      "@lydell/node-pty",
      "playwright-core",
      "bufferutil",
      "utf-8-validate",
    ],
  },
});
