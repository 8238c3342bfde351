// Die Mitteilungszentrale.
import type { Words } from "../words.ts";

export const notifications: Words["notifications"] = {
  title: "Mitteilungen",
  count: (count) => (count === 1 ? "1 neue" : `${count} neue`),
  waiting: "Wartet auf dich",
  earlier: "Was geschehen ist",
  none: "Nichts wartet auf dich.",
  noneHint: "Rückfragen des Agenten, beendete Läufe und Hinweise sammeln sich hier.",
  questions: (count) => (count === 1 ? "1 Rückfrage" : `${count} Rückfragen`),
  answer: "Antworten",
  answerIn: (title) => `In „${title}“ antworten`,
  open: "Öffnen",
  openSession: (title) => `„${title}“ öffnen`,
  dismiss: "Verwerfen",
  clear: "Alle entfernen",
  gone: "Eine Sitzung, die es nicht mehr gibt",
  ends: {
    done: "Fertig",
    stopped: "Angehalten",
    failed: "Fehlgeschlagen",
    limit: "An einer Grenze angehalten",
  },
  kinds: { error: "Fehler", notice: "Hinweis", done: "Erledigt" },
};
