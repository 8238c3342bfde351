// Die Palette: Suche und Befehle.
import type { Words } from "../words.ts";

export const search: Words["search"] = {
  title: "Suche und Befehle",
  placeholder: "Suche oder Auftrag …",
  results: "Ergebnisse",
  groups: {
    actions: "Tun",
    messages: "Nachrichten",
    files: "Dateien",
    sessions: "Sitzungen",
    goTo: "Gehe zu",
  },
  count: (count) => (count === 1 ? "1 Ergebnis" : `${count} Ergebnisse`),
  ask: "Aetheria fragen",
  asked: (text) => `„${text}“`,
  byHand: "von Hand",
  inSession: "Nur in dieser Sitzung",
  searching: "Suche läuft",
  none: "Nichts gefunden.",
  noneHint: "Versuch es mit weniger oder anderen Wörtern.",
  partial: "Vielleicht gibt es mehr: Das Suchverzeichnis wird noch aufgebaut.",
  theme: {
    light: "Aussehen: hell",
    dark: "Aussehen: dunkel",
    contrast: "Aussehen: hoher Kontrast",
    system: "Aussehen: wie das System",
  },
  start: "Startseite",
  settings: (section) => `Einstellungen › ${section}`,
};
