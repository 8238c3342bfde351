// The companion's tables of words, for renderer/shared/ to speak from.
import { Language, type Tables as LanguageTables } from "../../renderer/shared/language.svelte.ts";
import { english } from "./english.ts";
import type { Words } from "./words.ts";

export type Tables = LanguageTables<Words>;

export const createLanguage = (): Language<Words> =>
  new Language<Words>(english, async () => (await import("./german.ts")).german);
