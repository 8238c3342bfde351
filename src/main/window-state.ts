// What the window remembers between runs: where it was and which look it had. A file that is damaged
// or of another version is as good as none.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import * as z from "zod/mini";
import { Settings } from "../contract/settings.ts";

const side = z.int().check(z.minimum(1), z.maximum(100_000));
const place = z.int().check(z.minimum(-100_000), z.maximum(100_000));
export const Bounds = z.object({ x: place, y: place, width: side, height: side });
export type Bounds = z.infer<typeof Bounds>;

const WindowState = z.object({
  bounds: z.nullable(Bounds),
  maximized: z.boolean(),
  theme: Settings.shape.theme,
});
export type WindowState = z.infer<typeof WindowState>;

export const freshState: WindowState = { bounds: null, maximized: false, theme: "system" };

export function loadWindowState(path: string): WindowState {
  try {
    return WindowState.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return freshState; // absent or damaged: the next save writes it anew
  }
}

/** Small and rare, so at once: it also runs while the app quits. */
export function saveWindowState(path: string, state: WindowState): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.new`, JSON.stringify(state), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
