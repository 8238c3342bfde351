// Was von einer Sitzung gespiegelt wird, und wo ihre Dateien sind.
import type { Words } from "../words.ts";

export const mirroring: Words["mirroring"] = {
  what: "Was von dieser Sitzung gespiegelt wird",
  mirrored: (choice) => `Gespiegelt: ${choice}`,
  asSettings: "Wie für jede Sitzung",
  asSettingsDetail: (choice) => `Jetzt: ${choice}`,
  choices: {
    all: {
      title: "Alles",
      short: "alles",
      detail: "Schritte, Ergebnisse und Dateien gehen versiegelt zu Ihren anderen Geräten.",
    },
    text: {
      title: "Was gesagt wurde",
      short: "was gesagt wurde",
      detail: "Nachrichten und Namen der Schritte. Angaben, Ergebnisse und Dateien bleiben hier.",
    },
    none: {
      title: "Nichts",
      short: "nichts",
      detail: "Sie bleibt auf diesem Rechner. Was von ihr in der Cloud ist, wird gelöscht.",
    },
  },
  noneTitle: (title) => `„${title}“ aus der Cloud nehmen?`,
  noneText:
    "Die Kopie dort wird gelöscht, Schritte und Dateien, und Ihre anderen Geräte zeigen sie nicht mehr. Hier bleibt sie, wie sie ist.",
  noneSure: "Die Kopie löschen",
  noneKeep: "Dort lassen",
  files: (count) => `Dateien dieser Sitzung (${count})`,
  filesTitle: "Dateien dieser Sitzung",
  filesHint: "Was angehängt wurde, und was der Agent gemacht hat.",
  noFiles: "In dieser Sitzung wurde nichts angehängt oder gemacht.",
  places: {
    both: "Hier und in der Cloud",
    going: "Hier, auf dem Weg in die Cloud",
    here: "Nur hier",
    hereAtLeast: "Hier; die Cloud lässt sich gerade nicht fragen",
    cloud: "Nur in der Cloud",
    missing: "Fehlt hier und in der Cloud",
    notHere: "Nicht hier; die Cloud lässt sich gerade nicht fragen",
  },
  fetch: "Holen",
  fetchNamed: (name) => `${name} aus der Cloud holen`,
  pictureAway: "Dieses Bild ist nur in der Cloud.",
};
