// Die Dateien: der Baum, Vorschauen, was der Agent geändert hat, das Zurückspulen.
import type { Words } from "../words.ts";

const filesOf = (count: number) => (count === 1 ? "1 Datei" : `${count} Dateien`);

export const files: Words["files"] = {
  title: (folder) => `Dateien – ${folder}`,
  titleNone: "Dateien",
  changedBadge: (count) => `${count} vom Agenten geändert`,
  tree: "Dateien des Arbeitsordners",
  refresh: "Den Ordner neu lesen",
  onlyChanged: "Nur was der Agent geändert hat",
  showRewind: "Zurückspulen",
  trash: (count) => `Papierkorb (${count})`,
  notes: {
    loading: "Wird gelesen",
    empty: "leer",
    truncated: "In diesem Ordner ist mehr, als hier steht.",
    failed: "Dieser Ordner lässt sich nicht lesen.",
  },
  marks: {
    added: { sign: "A", word: "vom Agenten angelegt" },
    modified: { sign: "M", word: "vom Agenten geändert" },
    deleted: { sign: "D", word: "vom Agenten gelöscht" },
  },
  noWorkspace: "Noch kein Ordner",
  noWorkspaceHint: "Wähl den Ordner, in dem diese Sitzung arbeitet; seine Dateien erscheinen hier.",
  chooseFolder: "Ordner wählen",
  nothingChosen: "Wähl eine Datei",
  nothingChosenHint:
    "Text, Code, Bilder, PDF und Tabellen siehst du hier, und was sich darin geändert hat.",
  loading: "Wird gelesen",
  back: "Zurück zu den Dateien",
  preview: "Vorschau",
  changes: "Änderungen",
  rendered: "Als Seite",
  source: "Als Text",
  noDiff: "Der Text ist wie zuvor.",
  binaryDiff: "Das ist kein Text, darum gibt es keinen Vergleich Zeile für Zeile.",
  changedSince: "Diese Datei wurde seither von anderen geändert.",
  save: "Kopie speichern",
  reveal: "In der Dateiverwaltung zeigen",
  mention: "Im Chat erwähnen",
  mentionOf: (path) => `@${path}`,
  tooLarge: (size) => `Diese Datei hat ${size}: zu viel für eine Vorschau.`,
  cutText: (shown, whole) => `Die ersten ${shown} von ${whole} sind zu sehen.`,
  noPreview: "Für diese Art von Datei gibt es keine Vorschau.",
  rowsShown: (shown, whole) => `${shown} von ${whole} Zeilen sind zu sehen.`,
  moreRows: "Mehr Zeilen",
  tableOf: (name) => `Die Tabelle in ${name}`,
  page: (number, count) => `Seite ${number} von ${count}`,
  pagesShown: (shown, whole) =>
    shown === 1
      ? `Die erste von ${whole} Seiten ist zu sehen.`
      : `Die ersten ${shown} von ${whole} Seiten sind zu sehen.`,
  pdfBroken: "Dieses PDF lässt sich nicht lesen.",
  imageBroken: "Dieses Bild lässt sich nicht lesen.",
  dimensions: (width, height) => `${width} × ${height}`,
  rewind: {
    title: "Zurückspulen",
    hint: "Bring Chat und Dateien gemeinsam an einen früheren Punkt zurück. Nichts wird gelöscht: Was du verlässt, bleibt als Zweig.",
    now: "Jetzt",
    nowDetail: (count) => `${filesOf(count)} geändert`,
    before: (title) => `Vor „${title}“`,
    start: "Beginn der Sitzung",
    nothing: "keine Datei würde sich ändern",
    would: (restores, removes) => {
      if (restores > 0 && removes > 0)
        return `würde ${restores} zurücksetzen, ${removes} entfernen`;
      return `würde ${filesOf(restores + removes)} ${restores > 0 ? "zurücksetzen" : "entfernen"}`;
    },
    preview: "Vorschau",
    here: "Hierher zurückspulen",
    none: "Noch gibt es nichts, wohin sich zurückspulen ließe.",
    previewTitle: (moment) => `Was das Zurückspulen ändern würde: ${moment}`,
    messages: (count) =>
      count === 1
        ? "1 Nachricht verschwindet aus dem Chat."
        : `${count} Nachrichten verschwinden aus dem Chat.`,
    actions: { restore: "zurückgesetzt", remove: "in den Papierkorb" },
    changedSince: "seither von anderen geändert: diese Fassung kommt in den Papierkorb",
    stays: "bleibt",
    problem: (why) => `Würde bleiben, wie es ist: ${why}`,
    notText: "kein Text",
    busy: "Halt zuerst den Lauf an: Zurückgespult wird erst, wenn hier nichts mehr arbeitet.",
    sure: (moment) => `Zurückspulen: ${moment}?`,
    sureText: (messages, count) =>
      `${messages === 1 ? "1 Nachricht" : `${messages} Nachrichten`} und ${filesOf(count)} gehen zurück. Die Sitzung, wie sie jetzt ist, bleibt neben dieser bestehen, und was die Dateien jetzt enthalten, kommt in den Papierkorb.`,
    others: (count) =>
      count === 1
        ? "1 der Dateien wurde seither von anderen geändert: Deren Fassung kommt in den Papierkorb."
        : `${count} der Dateien wurden seither von anderen geändert: Deren Fassungen kommen in den Papierkorb.`,
    stay: (count) =>
      count === 1
        ? "1 Datei lässt sich nicht zurücknehmen und bleibt."
        : `${count} Dateien lassen sich nicht zurücknehmen und bleiben.`,
    chatOnly: "Nur den Chat zurücknehmen",
    done: (restored, removed) =>
      `Zurückgespult: ${restored} zurückgesetzt, ${removed} in den Papierkorb.`,
    failed: (count) =>
      count === 1
        ? "1 Datei konnte nicht zurückgenommen werden"
        : `${count} Dateien konnten nicht zurückgenommen werden`,
    openBranch: "Zweig öffnen",
  },
  bin: {
    title: "Papierkorb",
    none: "In dieser Sitzung wurde nichts gelöscht.",
    restore: "Wiederherstellen",
    restored: (path) => `${path} ist wieder da`,
    when: (when, size) => `${size} · ${when}`,
  },
};
