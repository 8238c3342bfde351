// Every word of menus, dialogs, notifications and the tray: one table per language.
// Takes part in no decision about which language it is: contract/language.ts.
import type { LanguageName } from "../contract/language.ts";
import { english } from "./words/english.ts";
import { german } from "./words/german.ts";
import type { Words } from "./words/shape.ts";

/** What the system calls us, in every language. */
export const appName = "Aetheria";

export const tables: Readonly<Record<LanguageName, Words>> = { en: english, de: german };
