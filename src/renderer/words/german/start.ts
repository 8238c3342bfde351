// Die Seite, bevor eine Sitzung offen ist.
import type { Words } from "../words.ts";

const models = (count: number) => (count === 1 ? "1 Modell" : `${count} Modelle`);

export const start: Words["start"] = {
  loud: ["Dein", "Rechner.", "Dein", "Agent."],
  about:
    "Er plant, arbeitet mit deinen Werkzeugen, zeigt jeden Schritt und fragt, bevor etwas hinausgeht.",
  found: "Das habe ich gefunden",
  look: "Such dir ein Aussehen aus",
  looks: { light: "Hell", dark: "Dunkel", contrast: "Kontrast", system: "System" },
  ollamaReady: (version) => `Ollama ${version} läuft`.replace("  ", " "),
  ollamaModels: (count, names) => `${models(count)}: ${names}`,
  ollamaEmpty: "Es hat noch kein Modell, das chatten kann.",
  ollamaMissing: "Ollama läuft nicht",
  ollamaMissingHint:
    "Installier es von ollama.com, um ganz offline zu arbeiten, und sieh dann noch einmal nach.",
  use: (name) => `${name} nehmen`,
  inUse: "in Gebrauch",
  getModel: "Modell holen",
  lookAgain: "Noch einmal nachsehen",
  keyReady: (title) => `${title} ist bereit`,
  keyModels: models,
  keyMissing: "Kein Schlüssel für die Cloud",
  keyMissingHint: "OpenAI oder jeder kompatible Server. Der Schlüssel bleibt auf diesem Rechner.",
  keyProblem: (title) => `${title} antwortet nicht`,
  addKey: "Schlüssel hinzufügen",
  changeKey: "Schlüssel ändern",
  workspace: "Arbeitsordner",
  workspaceMissing: "Kein Arbeitsordner",
  workspaceHint:
    "Der Ordner, in dem gelesen und geschrieben werden darf. Alles andere ist außer Reichweite.",
  chooseFolder: "Ordner wählen",
  changeFolder: "Ändern",
  offline: "Offline ist an",
  offlineHint: "Nichts verlässt diesen Rechner: Nur lokale Modelle antworten.",
  goOnline: "Online gehen",
  withoutModel: "Jedes Werkzeug geht auch von Hand: Such dir eines aus, oder tippe /",
  looking: "Ich sehe mich um …",
  examples: "Probier eines davon",
  example: [
    "Was liegt in diesem Ordner? Fass es in fünf Zeilen zusammen.",
    "Such die größten Dateien und sag, welche weg könnten.",
    "Lies notes.md und mach eine Aufgabenliste daraus.",
  ],
  ready: "bereit",
};
