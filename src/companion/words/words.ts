// Every sentence the companion shows, by key. Another language is another table of the same shape,
// given once at the root. The few words of the design system are in renderer/ui/.
import { getContext, setContext } from "svelte";
import type { english } from "./english.ts";

export type Words = typeof english;

const key = Symbol("words");

export const provideWords = (table: Words): Words => setContext(key, table);
export const words = (): Words => getContext<Words>(key);
