import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { VitePWA } from "vite-plugin-pwa";
import { companionIcons } from "./scripts/companion-icons.ts";

/** Packages that the companion stands on; all others draw diagrams and maths. */
const early =
  /node_modules\/(?:svelte|esm-env|clsx|zod|socket\.io|engine\.io|@socket\.io|idb|uuidv7|@lucide|marked|dompurify|@supabase|tslib|iceberg-js|hash-wasm|highlight\.js)[^/]*\//;

const shared =
  /node_modules\/(?:svelte|esm-env|clsx|zod|uuidv7|idb|@lucide)\/|src\/(?:contract|core|rpc)\/|src\/renderer\/ui\/[a-zB-Z][\w.-]+$/;

const isBase = (id: string): boolean =>
  shared.test(id) && !/CodeBlock|highlight|paint-code/.test(id);

function isLate(id: string): boolean {
  return id.includes("node_modules/") && !early.test(id);
}

// The companion, as static files that any web server can serve under any path: relative addresses,
// fonts inside, no inline script, and a service worker of our own that keeps all of it.
export default defineConfig({
  root: "src/companion",
  base: "./",
  plugins: [
    svelte({ configFile: false }),
    companionIcons(),
    VitePWA({
      strategies: "injectManifest",
      srcDir: "worker",
      filename: "sw.ts",
      injectRegister: false,
      injectManifest: {
        globPatterns: ["**/*.{html,js,css,woff2,svg,png,wasm}"],
        // What few texts need is fetched, and kept, when one does.
        globIgnores: ["**/*-ext-*", "**/KaTeX*", "late/**", "icons/*", "sw.js"],
      },
      manifest: {
        id: "./",
        name: "Aetheria",
        short_name: "Aetheria",
        description: "Your Aetheria desktop, in your hand.",
        start_url: "./",
        scope: "./",
        display: "standalone",
        background_color: "#f6f0e1",
        theme_color: "#fffdf6",
        categories: ["productivity", "utilities"],
        icons: [
          { src: "./icons/icon-256.png", sizes: "256x256", type: "image/png" },
          { src: "./icons/icon-512.png", sizes: "512x512", type: "image/png" },
          { src: "./icons/maskable.svg", sizes: "any", type: "image/svg+xml", purpose: "maskable" },
          { src: "./icon.svg", sizes: "any", type: "image/svg+xml" },
        ],
        share_target: {
          action: "./share",
          method: "POST",
          enctype: "multipart/form-data",
          params: {
            title: "title",
            text: "text",
            url: "url",
            files: [{ name: "files", accept: ["image/*", "text/*", "application/pdf", "audio/*"] }],
          },
        },
      },
    }),
  ],
  build: {
    outDir: "../../out/companion",
    emptyOutDir: true,
    target: ["chrome120", "firefox121", "safari17"],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 800,
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        // What every screen stands on comes in one piece: a phone's line is slow to ask.
        codeSplitting: { groups: [{ name: "base", test: isBase, minShareCount: 2 }] },
        chunkFileNames: ({ moduleIds }) =>
          moduleIds.some(isLate) ? "late/[name]-[hash].js" : "assets/[name]-[hash].js",
      },
    },
  },
});
