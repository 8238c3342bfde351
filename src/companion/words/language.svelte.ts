// Which language the companion speaks, and its tables. German is loaded when it is wanted; the choice
// is remembered on this device.
import { languageOf, type LanguageName } from "../../contract/language.ts";
import { english as englishStrings, type UiStrings } from "../../renderer/ui/strings.ts";
import { english } from "./english.ts";
import type { Words } from "./words.ts";

export const languageChoices = ["system", "en", "de"] as const;
export type LanguageChoice = (typeof languageChoices)[number];

export interface Tables {
  words: Words;
  strings: UiStrings;
}

const englishTables: Tables = { words: english, strings: englishStrings };

async function germanTables(): Promise<Tables> {
  const [{ german: words }, { german: strings }] = await Promise.all([
    import("./german.ts"),
    import("../../renderer/ui/strings.german.ts"),
  ]);
  return { words, strings };
}

export class Language {
  #choice = $state<LanguageChoice>(remembered());
  #wanted: LanguageName | null = null;
  #tables = $state.raw<Tables | null>(null);

  constructor() {
    this.#speak();
    addEventListener("languagechange", () => this.#speak());
  }

  /** null until the first language is there. */
  get tables(): Tables | null {
    return this.#tables;
  }

  get choice(): LanguageChoice {
    return this.#choice;
  }

  set choice(choice: LanguageChoice) {
    this.#choice = choice;
    remember(choice);
    this.#speak();
  }

  #speak(): void {
    const name = languageOf(this.#choice, navigator.languages);
    if (name === this.#wanted) return;
    this.#wanted = name;
    if (name === "en") this.#show(englishTables);
    else void this.#load(name);
  }

  /** A table that cannot be had, offline say, leaves the language as it is. */
  async #load(name: LanguageName): Promise<void> {
    const tables = await germanTables().catch(() => null);
    if (name !== this.#wanted) return;
    if (tables === null) this.#wanted = null;
    this.#show(tables ?? this.#tables ?? englishTables);
  }

  #show(tables: Tables): void {
    this.#tables = tables;
    document.documentElement.lang = tables.words.locale;
  }
}

const key = "language";

function remembered(): LanguageChoice {
  try {
    const kept = localStorage.getItem(key);
    return languageChoices.find((choice) => choice === kept) ?? "system";
  } catch {
    return "system"; // storage is blocked
  }
}

function remember(choice: LanguageChoice): void {
  try {
    localStorage.setItem(key, choice);
  } catch {
    return; // storage is blocked or full: the choice holds for this page only
  }
}
