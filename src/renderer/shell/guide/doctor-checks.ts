// Which of the doctor's findings the guide shows beside models, keys and the folder. Pure.
import type { Check } from "../../../contract/system.ts";

/** What is good to know even when all is well. */
const told = ["Sandbox", "Browser"];
/** Shown by the cards of the models and keys. */
const elsewhere = ["Models", "Keys"];

export const checksShown = (checks: readonly Check[]): Check[] =>
  checks.filter(
    ({ name, state }) => !elsewhere.includes(name) && (told.includes(name) || state !== "ok"),
  );
