import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { appAfterPaint } from "./scripts/app-after-paint.ts";

// The page, as static files that any of the hosts can serve: relative addresses, fonts inside,
// and no inline script or data: script, so that `script-src 'self'` is all it needs.
export default defineConfig({
  root: "src/renderer",
  base: "./",
  plugins: [svelte({ configFile: false }), appAfterPaint],
  build: {
    outDir: "../../out/renderer",
    emptyOutDir: true,
    target: ["chrome120", "firefox121", "safari17"],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 800,
    reportCompressedSize: false,
  },
});
