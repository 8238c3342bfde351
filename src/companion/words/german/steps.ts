// Werkzeugschritte und die Rückfragen, die sie stellen.
import type { Words } from "../words.ts";

export const steps: Words["steps"] = {
  arguments: "Argumente",
  code: "Code",
  output: "Ausgabe",
  outputLive: "Bisherige Ausgabe",
  result: "Ergebnis",
  textOnly: "Was hineinging und herauskam, blieb auf deinem Rechner.",
  why: "Warum es erlaubt war",
  whyDenied: "Warum es abgelehnt wurde",
  outcome: { denied: "abgelehnt", unknown: "vielleicht geschehen" },
  labels: { private: "privat", untrusted: "fremd" },
  languages: { python: "Python", node: "Node", shell: "Shell" },
  exit: (code) => `Ende mit ${code}`,
  ended: "beendet",
  allowOnce: "Einmal erlauben",
  allowSession: "In dieser Sitzung erlauben",
  allowAlways: "Immer",
  allow: "Weiter",
  deny: "Ablehnen",
  again: "Noch einmal tun",
  happened: "Es ist geschehen, weiter",
  leave: "Lassen",
  leavesTo: "An",
  sent: "Deine Antwort ist unterwegs zu deinem Rechner.",
  answered: {
    allow: "Du hast es erlaubt",
    deny: "Du hast es abgelehnt",
    again: "Du hast es noch einmal laufen lassen",
    done: "Du hast gesagt, dass es geschehen ist",
  },
};
