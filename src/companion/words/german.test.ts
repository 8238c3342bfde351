// German says everything that English says, and no component holds a word that people read.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "svelte/compiler";
import { expect, it } from "vitest";
import { english } from "./english.ts";
import { german } from "./german.ts";

const root = join(import.meta.dirname, "..");
const readAttributes = new Set(["aria-label", "title", "placeholder", "alt", "label", "hint"]);

type Table = Readonly<Record<string, unknown>>;
const isTable = (value: unknown): value is Table => typeof value === "object" && value !== null;
const leaves = (table: Table, path = ""): [key: string, value: unknown][] =>
  Object.entries(table).flatMap(([name, value]) =>
    isTable(value) ? leaves(value, `${path}${name}.`) : [[`${path}${name}`, value]],
  );

/** The same in both: names, signs, and words that German shares. */
const shared = new Set([
  ...["shell.app", "shell.chat", "shell.states.live", "shell.states.offline"],
  ...["chat.plan", "chat.uploading", "steps.code", "activity.tokens", "activity.kinds.plan"],
  ...["activity.kinds.agent", "sessions.name", "files.details", "files.kinds.code"],
  ...["settings.themes.system", "settings.languages.system", "settings.languages.en"],
  ...["settings.languages.de", "settings.version", "welcome.code", "welcome.projectHint"],
]);

it("has every sentence in German, and in German", () => {
  const own = new Map(leaves(german));
  for (const [key, value] of leaves(english)) {
    expect(typeof own.get(key), key).toBe(typeof value);
    if (!shared.has(key) && typeof value === "string") expect(own.get(key), key).not.toBe(value);
  }
});

/** Every text and every read attribute of a component that holds letters. */
function wordsIn(source: string): string[] {
  const found: string[] = [];
  const take = (text: string) => {
    if (/\p{L}{2}/u.test(text)) found.push(text.trim());
  };
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(walk);
    if (!isTable(node)) return;
    if (node["type"] === "Text") take(String(node["data"]));
    if (node["type"] === "Attribute") return attribute(node);
    Object.entries(node).forEach(([key, value]) => key !== "metadata" && walk(value));
  };
  const attribute = ({ name, value }: Table): void => {
    if (!readAttributes.has(String(name)) || !Array.isArray(value)) return;
    for (const part of value)
      if (isTable(part) && part["type"] === "Text") take(String(part["data"]));
  };
  walk(parse(source, { modern: true }).fragment);
  return found;
}

const components = readdirSync(root, { recursive: true, encoding: "utf8" });
it.each(components.filter((file) => file.endsWith(".svelte")))("%s holds no word", (file) => {
  expect(wordsIn(readFileSync(join(root, file), "utf8"))).toEqual([]);
});
