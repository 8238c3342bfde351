// A build plugin: the page's app is fetched and compiled at once, but runs after the first paint.
// public/first-look.js, which runs before, starts it.
import type { Plugin } from "vite";

const entry = /<script type="module" crossorigin src="([^"]+)"><\/script>/;
const firstLook = '<script src="./first-look.js">';

export const appAfterPaint: Plugin = {
  name: "app-after-paint",
  apply: "build",
  transformIndexHtml: {
    order: "post",
    handler(html) {
      const src = entry.exec(html)?.[1];
      if (src === undefined || !html.includes(firstLook))
        throw new Error("index.html has no app to start, or nothing to start it.");
      return html
        .replace(entry, `<link rel="modulepreload" crossorigin href="${src}">`)
        .replace(firstLook, `<script src="./first-look.js" data-app="${src}">`);
    },
  },
};
