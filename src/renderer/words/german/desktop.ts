// Was nur die Desktop-App sagt: Ärger mit ihrem Dienst.
import type { Words } from "../words.ts";

export const desktop: Words["desktop"] = {
  troubleTitle: "Der Dienst ist stehen geblieben",
  again: (seconds) => (seconds <= 1 ? "Er startet jetzt neu." : `Er startet in ${seconds} s neu.`),
  waits: "Er ist mehrmals nacheinander stehen geblieben und wartet auf dich.",
  restart: "Jetzt neu starten",
  showLog: "Protokoll zeigen",
  hideLog: "Protokoll verbergen",
  log: "Ende des Protokolls",
  emptyLog: "Das Protokoll ist leer.",
  openFolder: "Seinen Ordner öffnen",
};
