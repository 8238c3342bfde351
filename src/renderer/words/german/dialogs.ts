// Kleine Fenster über der Seite: Schlüssel, Modelle, Ordner.
import type { Words } from "../words.ts";

export const dialogs: Words["dialogs"] = {
  cancel: "Abbrechen",
  close: "Schließen",
  key: {
    title: "Schlüssel hinzufügen",
    about:
      "Für OpenAI oder jeden Server, der dessen Sprache spricht. Er wird geprüft, bevor er behalten wird.",
    label: "Schlüssel",
    urlLabel: "Adresse des Servers",
    urlHint:
      "Leer: OpenAI. Zum Beispiel http://127.0.0.1:8080/v1 oder https://openrouter.ai/api/v1",
    other: "Anderer Server",
    save: "Prüfen und behalten",
  },
  pull: {
    title: "Lokales Modell holen",
    about: "Ollama lädt es auf diesen Rechner. Danach antwortet es ganz ohne Netz.",
    name: "Name des Modells",
    nameHint: "Wie auf ollama.com/library, zum Beispiel qwen3:8b",
    get: "Holen",
    progress: (done, total) => `${done} von ${total}`,
    notRunning: "Ollama läuft nicht, darum lässt sich noch nichts herunterladen.",
    notRunningHint: "Installier es von ollama.com, starte es, und sieh dann noch einmal nach.",
    suggestions: [
      { name: "qwen3:1.7b", detail: "klein und schnell, 1,4 GB" },
      { name: "qwen3:8b", detail: "guter Allrounder, 5,2 GB" },
      { name: "gpt-oss:20b", detail: "stark, braucht 16 GB Arbeitsspeicher, 14 GB" },
    ],
    lookAgain: "Noch einmal nachsehen",
  },
  models: {
    title: "Modell wählen",
    filter: "Modell suchen",
    none: "So heißt kein Modell.",
    noneAtAll: "Noch gibt es kein Modell.",
  },
  folder: {
    title: "Ordner wählen",
    about: "Aetheria darf in diesem Ordner lesen und schreiben, und sonst nirgends.",
    path: "Ordner",
    go: "Öffnen",
    up: "Nach oben",
    list: "Ordner",
    empty: "Hier drin ist kein Ordner.",
    use: "Diesen Ordner nehmen",
    none: "Keinen Ordner nehmen",
  },
  import: {
    title: "Sitzung importieren",
    question: (name, size) => `„${name}“ (${size}) aufnehmen?`,
    about:
      "Die Sitzungen darin kommen zu deinen hinzu. Nichts davon wird ausgeführt, und an deinen ändert sich nichts.",
    take: "Importieren",
  },
};
