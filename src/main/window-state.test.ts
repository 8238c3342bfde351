import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { freshState, loadWindowState, saveWindowState } from "./window-state.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "aetheria-window-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it("comes back as it was, in a folder that need not be there", () => {
  const path = join(folder, "window", "state.json");
  const bounds = { x: -10, y: 20, width: 900, height: 700 };
  const state = { bounds, maximized: true, theme: "dark" as const };
  saveWindowState(path, state);
  expect(loadWindowState(path)).toEqual(state);
});

it.each([
  "",
  "{{{",
  "null",
  '{"bounds":null}',
  '{"bounds":{"x":1e999,"y":0,"width":1,"height":1},"maximized":false,"theme":"dark"}',
  '{"bounds":{"x":0,"y":0,"width":-5,"height":1},"maximized":false,"theme":"dark"}',
  '{"bounds":null,"maximized":"yes","theme":"dark"}',
  '{"bounds":null,"maximized":false,"theme":"sepia"}',
])("is fresh after %s", (text) => {
  const path = join(folder, "state.json");
  writeFileSync(path, text);
  expect(loadWindowState(path)).toEqual(freshState);
});
