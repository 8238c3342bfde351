// The gallery page: every part of the design system, for pictures and for axe. Never shipped.
import { mount } from "svelte";
import { steps } from "./browser-data.ts";
import { salesPage } from "./sales-page.ts";
import "../../src/renderer/ui/ui.css";
import { sanitizeHtml } from "../../src/renderer/ui/markdown/sanitize-html.ts";
import { TextSize, Theme } from "../../src/renderer/ui/theme.svelte.ts";
import ListScene from "./ListScene.svelte";
import MarkdownScene from "./MarkdownScene.svelte";
import BrowserScene from "./BrowserScene.svelte";
import BrowserStepsScene from "./BrowserStepsScene.svelte";
import RunsScene from "./RunsScene.svelte";
import SandboxScene from "./SandboxScene.svelte";
import PartsScene from "./PartsScene.svelte";
import ShellScene from "./ShellScene.svelte";
import StreamScene from "./StreamScene.svelte";

const scenes = {
  parts: PartsScene,
  shell: ShellScene,
  list: ListScene,
  markdown: MarkdownScene,
  stream: StreamScene,
  sandbox: SandboxScene,
  runs: RunsScene,
  browser: BrowserScene,
  steps: BrowserStepsScene,
};
const query = new URLSearchParams(location.search);
window.theme = new Theme();
window.textSize = new TextSize();
if (query.has("theme")) window.theme.current = query.get("theme");
if (query.has("text")) window.textSize.current = Number(query.get("text"));
window.sanitizeHtml = sanitizeHtml;
window.scene = mount(scenes[query.get("scene")] ?? PartsScene, {
  target: document.querySelector("#app"),
  props: await propsOf(query.get("scene")),
});

async function propsOf(scene) {
  if (scene === "runs") return { picture: await chart() };
  if (scene === "browser" || scene === "steps") return { files: await stepPictures() };
  return {};
}

/** The pictures of the browser's steps, by their hash, each with its true size. */
async function stepPictures() {
  await document.fonts.ready;
  const files = {};
  for (const [at, { view }] of steps.entries()) {
    const bytes = await salesPage(1280, 800, steps.length - 1 - at);
    files[view.picture.sha256] = bytes;
    view.picture.sizeBytes = bytes.length;
  }
  return files;
}

/** A chart as a program would draw it. */
async function chart() {
  const canvas = new OffscreenCanvas(640, 360);
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, 640, 360);
  ["#5b86ff", "#5b86ff", "#c3a6ff", "#5b86ff", "#c3a6ff", "#c3a6ff", "#2fd8a0"].forEach(
    (colour, at) => {
      const height = 90 + at * 32 - (at % 2) * 20;
      pen.fillStyle = colour;
      pen.fillRect(30 + at * 85, 340 - height, 64, height);
      pen.lineWidth = 3;
      pen.strokeRect(30 + at * 85, 340 - height, 64, height);
    },
  );
  const blob = await canvas.convertToBlob({ type: "image/png" });
  return new Uint8Array(await blob.arrayBuffer());
}
