// Every sentence the page shows, by key, and how numbers and times read. Another language is another
// table of the same shape, given once at the root. The few words of the design system are in ui/.
import { getContext, setContext } from "svelte";
import { english } from "./english.ts";

export type Words = typeof english;

const key = Symbol("words");

export const provideWords = (table: Words): Words => setContext(key, table);

export const words = (): Words => getContext<Words | undefined>(key) ?? english;
