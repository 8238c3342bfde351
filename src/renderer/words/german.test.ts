// German says everything that English says, and says it in German.
import { describe, expect, it } from "vitest";
import { english as englishStrings } from "../ui/strings.ts";
import { german as germanStrings } from "../ui/strings.german.ts";
import { english } from "./english.ts";
import { german } from "./german.ts";

type Table = Readonly<Record<string, unknown>>;
type Sentence = readonly [key: string, value: unknown];

const isTable = (value: unknown): value is Table => typeof value === "object" && value !== null;

/** Every leaf by its path; a list counts as a table. */
const sentences = (table: Table, path = ""): Sentence[] =>
  Object.entries(table).flatMap(([name, value]): Sentence[] =>
    isTable(value) ? sentences(value, `${path}${name}.`) : [[`${path}${name}`, value]],
  );

/** What is said with values that show each of them: one, some, and a name. */
function said(value: unknown, amount: number): string {
  if (typeof value !== "function") return String(value);
  const parameters = Array.from({ length: value.length }, (_, index) => amount + index);
  return String(Reflect.apply(value, undefined, parameters));
}

/** The same in both: names, signs, and words that German shares. */
const shared = new Set([
  ...["shell.name", "shell.mark", "shell.apps", "shell.chat", "shell.online"],
  ...["shell.offline", "shell.token", "shell.spent", "shell.pulling"],
  ...["start.looks.system"],
  ...["google", "github", "apple", "azure"].map((name) => `connections.mirror.providers.${name}`),
  ...["connections.mirror.removeWord", "connections.mirror.server"],
  ...["chat.agent", "chat.plan", "chat.asMarkdown", "chat.asPdf", "chat.exportTitle"],
  ...["activity.kinds.plan", "activity.kinds.agent", "activity.pause", "activity.filter"],
  ...["activity.speeds.1", "activity.speeds.2", "activity.speeds.5", "activity.text"],
  ...["activity.filterText"],
  ...["steps.name", "steps.text", "sessions.name"],
  ...["files.marks.added.sign", "files.marks.modified.sign", "files.marks.deleted.sign"],
  ...["files.mentionOf", "files.dimensions", "files.bin.when"],
  ...["settings.names.budgets", "settings.names.desktop", "settings.names.updates"],
  ...["settings.models.ollama", "settings.appearance.percent", "settings.network.offline"],
  ...["settings.appearance.languages.system", "settings.appearance.languages.en"],
  ...["settings.appearance.languages.de"],
  ...["settings.about.version", "settings.about.platform", "settings.about.states.ok"],
  ...["dialogs.pull.suggestions.0.name", "dialogs.pull.suggestions.1.name"],
  ...["dialogs.pull.suggestions.2.name", "windows.names.chat"],
  ...["commands.areas.apps", "commands.shortcuts.changed"],
  ...["runs.languages.python", "runs.languages.node", "runs.languages.shell"],
  ...["runs.tiers.docker", "runs.tiers.podman", "runs.tiers.bubblewrap", "runs.tiers.seatbelt"],
  ...["browser.title", "windows.names.browser"],
  ...["windows.names.sandbox", "sandbox.title", "sandbox.badge", "sandbox.terminal"],
  ...["sandbox.keyEscape", "sandbox.keyTab", "sandbox.keyInterrupt", "sandbox.keyUp"],
  ...["sandbox.keyDown"],
  ...["guide.languages.en", "guide.languages.de"],
]);
/** The keys themselves are no words. */
const isKey = (key: string) => /^commands\.help\.fixed\.\d+\.keys$/.test(key);

describe("German", () => {
  const own = new Map(sentences(german));

  it("has every sentence of English, of the same kind", () => {
    const shape = (table: Table) =>
      sentences(table)
        .map(([key, value]) => `${key}: ${typeof value}`)
        .toSorted();
    expect(shape(german)).toEqual(shape(english));
    expect(shape(germanStrings)).toEqual(shape(englishStrings));
  });

  it("leaves nothing in English but what is the same in both", () => {
    const same = sentences(english)
      .filter(([key, value]) => said(value, 2) === said(own.get(key), 2) && !isKey(key))
      .map(([key]) => key);
    expect(same.filter((key) => !shared.has(key))).toEqual([]);
    expect([...shared].filter((key) => !same.includes(key))).toEqual([]);
  });

  it("is written with German quotes and spaced ellipses", () => {
    const wrong = [...own, ...sentences(germanStrings)]
      .map(([key, value]) => `${key}: ${said(value, 2)}`)
      .filter((line) => /[“][^“”]*”|"|'|\p{L}…|\.\.\.| — /u.test(line.replace("replaced-…", "")));
    expect(wrong).toEqual([]);
  });

  it("says everything about none, one and many, without a hole", () => {
    for (const amount of [0, 1, 2, 1_000])
      for (const [key, value] of [...own, ...sentences(germanStrings)]) {
        expect(said(value, amount), key).not.toMatch(/undefined|NaN|\[object|\s{2}/);
        expect(said(value, amount).trim(), key).not.toBe("");
      }
  });

  it("tells one from many wherever English does", () => {
    const differs = (value: unknown) =>
      said(value, 1).replaceAll("1", "#") !== said(value, 3).replaceAll(/[3-9]/g, "#");
    const forgotten = sentences(english)
      .filter(([, value]) => typeof value === "function" && value.length === 1 && differs(value))
      .map(([key]) => key)
      .filter((key) => !differs(own.get(key)));
    expect(forgotten).toEqual(["steps.matches"]);
  });
});
