// A build plugin: the companion's icons, from those of the desktop. A maskable one is cut to any shape
// by the phone, so its drawing keeps to the middle and its ground reaches the edge.
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";

const sizes = [256, 512] as const;

const maskable = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#ffd93d" d="M0 0h32v32H0z"/><g fill="none" stroke="#14120f" stroke-width="2.4" stroke-linejoin="round" transform="translate(8.2 8.2) scale(.65)"><circle cx="12" cy="12" r="10"/><path d="m14.3 8 5.8 9.9M9.7 8h11.5M7.4 12l5.7-9.9M9.7 16 3.9 6.1M14.3 16H2.8M16.6 12l-5.7 9.9"/></g></svg>`;

export const companionIcons = (): Plugin => ({
  name: "companion-icons",
  apply: "build",
  generateBundle() {
    for (const size of sizes) {
      const source = readFileSync(`resources/icons/${size}x${size}.png`);
      this.emitFile({ type: "asset", fileName: `icons/icon-${size}.png`, source });
    }
    this.emitFile({ type: "asset", fileName: "icons/maskable.svg", source: maskable });
  },
});
