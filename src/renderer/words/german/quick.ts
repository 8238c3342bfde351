// Das Fenster der Schnellfrage.
import type { Words } from "../words.ts";

export const quick: Words["quick"] = {
  title: "Aetheria fragen",
  placeholder: "Frag etwas …",
  send: "Fragen",
  again: "Etwas anderes fragen",
  open: "Im Fenster öffnen",
  close: "Schließen",
  stop: "Anhalten",
  answer: "Antwort",
  asked: "Deine Frage",
  thinking: "Denkt nach",
  working: (summary) => `Arbeitet: ${summary}`,
  waiting: "Eine Rückfrage wartet auf dich. Öffne sie im Fenster, um zu entscheiden.",
  hint: "Enter fragt, Esc schließt",
};
