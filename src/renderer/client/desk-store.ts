// The layouts of the desks, one per session, on this device: for the hundred used last. What cannot
// be read is no layout; a browser that refuses storage keeps none.
import * as z from "zod/mini";
import type { SessionId } from "../../contract/ids.ts";
import { appNames } from "./app-names.ts";
import type { DeskLayout } from "./desk-layout.ts";
import { zones } from "./desk-rect.ts";

const fraction = z.number().check(z.minimum(0), z.maximum(1));
const size = z.number().check(z.gt(0), z.maximum(1));
const SavedWindow = z.object({
  app: z.enum(appNames),
  rect: z.object({ x: fraction, y: fraction, width: size, height: size }),
  zone: z.nullable(z.enum(zones)),
  isMinimised: z.boolean(),
  madeRoom: z.boolean(),
});
const isOnePerApp = (windows: { app: string }[]): boolean =>
  new Set(windows.map(({ app }) => app)).size === windows.length;
const Saved = z.object({
  /** When it was used last, milliseconds since 1970. */
  at: z.number(),
  windows: z.array(SavedWindow).check(z.maxLength(appNames.length), z.refine(isOnePerApp)),
});

export const layoutToText = (windows: DeskLayout, at: number): string =>
  JSON.stringify({ at, windows });

/** null: not a layout. */
export function layoutOfText(text: string | null): DeskLayout | null {
  return parse(text)?.windows ?? null;
}

function parse(text: string | null): z.infer<typeof Saved> | null {
  try {
    return Saved.safeParse(JSON.parse(text ?? "null")).data ?? null;
  } catch {
    return null; // not JSON
  }
}

const prefix = "aetheria-desk:";
export const keptLayouts = 100;

type Shelf = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

export class DeskStore {
  readonly #shelf: () => Shelf;

  constructor(shelf: () => Shelf = () => localStorage) {
    this.#shelf = shelf;
  }

  load(sessionId: SessionId | null): DeskLayout | null {
    try {
      return layoutOfText(this.#shelf().getItem(keyOf(sessionId)));
    } catch {
      return null; // storage is blocked: nothing was kept
    }
  }

  save(sessionId: SessionId | null, layout: DeskLayout): void {
    try {
      const shelf = this.#shelf();
      const key = keyOf(sessionId);
      const isNew = shelf.getItem(key) === null;
      shelf.setItem(key, layoutToText(layout, Date.now()));
      if (isNew) prune(shelf);
    } catch {
      return; // storage is blocked or full: kept for this page only
    }
  }
}

function prune(shelf: Shelf): void {
  const keys = Array.from({ length: shelf.length }, (_, index) => shelf.key(index))
    .filter((key) => key !== null)
    .filter((key) => key.startsWith(prefix));
  const age = (key: string) => parse(shelf.getItem(key))?.at ?? 0;
  const old = keys.map((key) => ({ key, at: age(key) })).toSorted((a, b) => b.at - a.at);
  for (const { key } of old.slice(keptLayouts)) shelf.removeItem(key);
}

const keyOf = (sessionId: SessionId | null): string => `${prefix}${sessionId ?? "start"}`;
