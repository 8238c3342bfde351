// Der Rahmen: Kopf, Zustand der Leitung, Reiter.
import type { Words } from "../words.ts";

export const shell: Words["shell"] = {
  app: "Aetheria",
  titled: (title) => `${title} – Aetheria`,
  allSessions: "Alle Sitzungen",
  tabs: "Ansichten",
  chat: "Chat",
  activity: "Aktivität",
  files: "Dateien",
  settings: "Einstellungen",
  waiting: (count) => (count === 1 ? "1 Entscheidung wartet" : `${count} Entscheidungen warten`),
  states: {
    connecting: "verbindet",
    live: "live",
    mirror: "Spiegel",
    asleep: "schläft",
    offline: "offline",
    refused: "gesperrt",
  },
  stateLabel: (state) => `Verbindung: ${state}`,
  stateTitle: "Wie dieses Gerät verbunden ist",
  stateSaid: {
    connecting: "Dein Rechner wird gesucht.",
    live: "Dieses Gerät spricht direkt mit deinem Rechner. Du siehst, was er gerade tut.",
    mirror: "Dein Rechner ist woanders; der Spiegel trägt verschlossen weiter, was er tut.",
    asleep: "Dein Rechner ist gerade nicht da. Was du sendest, wartet zehn Minuten lang auf ihn.",
    offline:
      "Du liest, was dieses Gerät aufbewahrt. Was du schreibst, geht hinaus, sobald wieder Netz da ist.",
    refused: "Dieses Gerät kommt nicht hinein.",
  },
  lastSeen: (ago) => `Dein Rechner war zuletzt ${ago} da.`,
  tryNow: "Jetzt versuchen",
  linkAgain: "Dieses Gerät neu verbinden",
  close: "Schließen",
  loading: "Wird geladen",
};
