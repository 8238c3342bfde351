// Die Einführung des ersten Starts: vier Schritte.
import type { Words } from "../words.ts";

export const guide: Words["guide"] = {
  progress: (step, of) => `${step} von ${of}`,
  steps: {
    look: {
      loud: ["Mach es", "zu", "deinem."],
      about: "Alles hier lässt sich später in den Einstellungen ändern.",
      title: "Such dir ein Aussehen aus",
    },
    found: {
      loud: ["Dein", "Rechner.", "Dein", "Agent."],
      about:
        "Er plant, arbeitet mit deinen Werkzeugen, zeigt jeden Schritt und fragt, bevor etwas hinausgeht.",
      title: "Das habe ich gefunden",
    },
    trust: {
      loud: ["Du sagst,", "wie weit", "er geht."],
      about:
        "Für Daten, die hinausgehen, während der Lauf Privates und Fremdes enthält, wird immer zuerst gefragt.",
      title: "Wo er arbeiten darf",
    },
    try: {
      loud: ["Bereit,", "wenn du", "es bist."],
      about: "Jeder Schritt ist zu sehen, und jede geänderte Datei lässt sich zurücknehmen.",
      title: "Probier es aus",
    },
  },
  textSize: "Textgröße",
  sample: "So groß liest sich alles.",
  language: "Sprache",
  languages: { system: "Wie das System", en: "English", de: "Deutsch" },
  checking: "Ich sehe mich um …",
  lookAgain: "Noch einmal nachsehen",
  ready: "bereit",
  attention: "beachten",
  checks: {
    Sandbox: { ok: "Code kann in einer Sandbox laufen", missing: "Keine Sandbox für Code" },
    Browser: { ok: "Ein Browser ist da", missing: "Kein Browser" },
    "File search": { ok: "Die Dateisuche ist bereit", missing: "Die Dateisuche ist nicht bereit" },
    Secrets: {
      ok: "Schlüssel sind sicher verwahrt",
      missing: "Schlüssel sind nicht gut geschützt",
    },
  },
  otherCheck: (name) => `${name} braucht Aufmerksamkeit`,
  alone: "Wie viel darf er allein?",
  byHand: "Oder ein Werkzeug von Hand",
  byHandOnly: "Noch gibt es kein Modell. Jedes Werkzeug geht auch von Hand: Such dir eines aus.",
  choosePrompt: "Such dir die erste Frage aus",
  next: "Weiter",
  back: "Zurück",
  start: "Los geht’s",
  skip: "Einführung überspringen",
  withoutModel: "oder ohne Modell weiter: Jedes Werkzeug geht auch von Hand",
  again: "Erste Schritte",
  againHint: "Aussehen, Modelle, Ordner und ein erster Versuch, Schritt für Schritt.",
  show: "Einführung zeigen",
};
