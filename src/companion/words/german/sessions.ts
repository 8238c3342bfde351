// Die Liste der Sitzungen.
import type { Words } from "../words.ts";

export const sessions: Words["sessions"] = {
  title: "Sitzungen",
  search: "Sitzungen durchsuchen",
  searchHint: "Suchen",
  clear: "Suche leeren",
  create: "Neue Sitzung",
  running: "läuft",
  waiting: (count) => (count === 1 ? "braucht dich" : `braucht dich ×${count}`),
  messages: (count) => (count === 1 ? "1 Nachricht" : `${count} Nachrichten`),
  needYou: "Deine Entscheidung ist gefragt",
  recent: "Zuletzt",
  untitled: "Ohne Namen",
  none: "Noch keine Sitzung",
  noneHint: "Frag etwas an deinem Rechner, oder beginne hier eine Sitzung.",
  noneHintDesktop: "Frag etwas an deinem Rechner: Es erscheint sofort hier.",
  noneFound: "Nichts gefunden",
  noneFoundHint: (query) => `Keine Sitzung heißt „${query}“.`,
  noneOffline: "Hier ist noch nichts aufbewahrt",
  noneOfflineHint:
    "Sitzungen, die du öffnest, bleiben verschlossen auf diesem Gerät und sind auch ohne Netz lesbar.",
  rename: "Umbenennen",
  renameTitle: "Diese Sitzung umbenennen",
  name: "Name",
  save: "Speichern",
  share: "In welche Sitzung?",
  shareNot: "Doch nicht teilen",
};
