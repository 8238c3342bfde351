// The gallery page: every part of the design system, for pictures and for axe. Never shipped.
import { mount } from "svelte";
import "../../src/renderer/ui/ui.css";
import { sanitizeHtml } from "../../src/renderer/ui/markdown/sanitize-html.ts";
import { TextSize, Theme } from "../../src/renderer/ui/theme.svelte.ts";
import ListScene from "./ListScene.svelte";
import MarkdownScene from "./MarkdownScene.svelte";
import PartsScene from "./PartsScene.svelte";
import ShellScene from "./ShellScene.svelte";
import StreamScene from "./StreamScene.svelte";

const scenes = {
  parts: PartsScene,
  shell: ShellScene,
  list: ListScene,
  markdown: MarkdownScene,
  stream: StreamScene,
};
const query = new URLSearchParams(location.search);
window.theme = new Theme();
window.textSize = new TextSize();
if (query.has("theme")) window.theme.current = query.get("theme");
if (query.has("text")) window.textSize.current = Number(query.get("text"));
window.sanitizeHtml = sanitizeHtml;
window.scene = mount(scenes[query.get("scene")] ?? PartsScene, {
  target: document.querySelector("#app"),
});
