// Which language is spoken, and its tables. Another than English is loaded when it is wanted; the choice is
// remembered on this device, so that the first paint after a restart has it right.
import { languageOf, type LanguageName } from "../../contract/language.ts";
import { Settings } from "../../contract/settings.ts";
import { english as englishStrings, type UiStrings } from "../ui/strings.ts";

export type LanguageChoice = Settings["language"];

export interface Tables<Words> {
  words: Words;
  strings: UiStrings;
}

export class Language<Words extends { locale: string }> {
  readonly #english: Tables<Words>;
  readonly #german: () => Promise<Words>;
  #choice = $state<LanguageChoice>(remembered());
  #wanted: LanguageName | null = null;
  #tables = $state.raw<Tables<Words> | null>(null);

  constructor(english: Words, german: () => Promise<Words>) {
    this.#english = { words: english, strings: englishStrings };
    this.#german = german;
    this.#speak();
    addEventListener("languagechange", () => this.#speak());
  }

  /** null until the first language is there. */
  get tables(): Tables<Words> | null {
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
    if (name === "en") this.#show(this.#english);
    else void this.#load(name);
  }

  /** A table that cannot be had, offline or after an update say, leaves the language as it is. */
  async #load(name: LanguageName): Promise<void> {
    const tables = await this.#loadGerman().catch(() => null);
    if (name !== this.#wanted) return;
    if (tables === null) this.#wanted = null;
    this.#show(tables ?? this.#tables ?? this.#english);
  }

  async #loadGerman(): Promise<Tables<Words>> {
    const [words, { german: strings }] = await Promise.all([
      this.#german(),
      import("../ui/strings.german.ts"),
    ]);
    return { words, strings };
  }

  #show(tables: Tables<Words>): void {
    this.#tables = tables;
    document.documentElement.lang = tables.words.locale;
  }
}

const key = "language";

function remembered(): LanguageChoice {
  try {
    return Settings.shape.language.safeParse(localStorage.getItem(key)).data ?? "system";
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
