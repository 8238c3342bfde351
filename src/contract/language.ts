// Which language a choice means, for the page and for what the desktop says around it.
import type { Settings } from "./settings.ts";

export type LanguageName = Exclude<Settings["language"], "system">;

/** `system`: the first of the machine's languages (BCP 47 tags) that Aetheria speaks, else English. */
export function languageOf(
  choice: Settings["language"],
  ofMachine: readonly string[],
): LanguageName {
  if (choice !== "system") return choice;
  for (const tag of ofMachine) {
    const [name] = tag.toLowerCase().split(/[-_]/);
    if (name === "en" || name === "de") return name;
  }
  return "en";
}
