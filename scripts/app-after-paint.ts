// A build plugin: the page's app runs after the first paint. public/first-look.js, which runs before,
// starts it and fetches its files, which index.html names nowhere else.
import type { Plugin } from "vite";

const entry = /\s*<script type="module" crossorigin src="([^"]+)"><\/script>/;
const preload = /\s*<link rel="modulepreload" crossorigin href="([^"]+)">/g;
const firstLook = '<script src="./first-look.js">';

export const appAfterPaint: Plugin = {
  name: "app-after-paint",
  apply: "build",
  transformIndexHtml: {
    order: "post",
    handler(html) {
      const app = entry.exec(html)?.[1];
      if (app === undefined || !html.includes(firstLook))
        throw new Error("index.html has no app to start, or nothing to start it.");
      const files = [app, ...[...html.matchAll(preload)].map(([, href]) => href)].join(" ");
      return html
        .replace(entry, "")
        .replaceAll(preload, "")
        .replace(firstLook, `<script src="./first-look.js" data-app="${files}">`);
    },
  },
};
