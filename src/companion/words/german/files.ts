// Was eine Sitzung erstellt hat und was an sie angehängt wurde.
import type { Words } from "../words.ts";

export const files: Words["files"] = {
  title: "Dateien",
  made: "Erstellt",
  attached: "Angehängt",
  results: "Ergebnisse von Schritten",
  none: "Noch keine Dateien",
  noneHint: "Was der Agent erstellt und was du anhängst, sammelt sich hier.",
  choose: "Keine Sitzung ist offen",
  chooseHint: "Wähle erst eine; ihre Dateien stehen dann hier.",
  showTable: "Tabelle zeigen",
  hideTable: "Tabelle ausblenden",
  rowsShown: (shown, all) => `Die ersten ${shown} von ${all} Zeilen`,
  open: "Öffnen",
  save: "Speichern",
  share: "Teilen",
  loading: "Wird geladen",
  failed: "Diese Datei konnte nicht geladen werden.",
  failedHint: "Vielleicht ist sie noch nicht im Spiegel, oder dieses Gerät ist offline.",
  retry: "Erneut versuchen",
  imageLoading: "Das Bild wird geladen",
  details: (kind, size) => `${kind} · ${size}`,
  kinds: {
    image: "Bild",
    chart: "Diagramm",
    page: "Seite",
    document: "Dokument",
    table: "Tabelle",
    code: "Code",
    file: "Datei",
  },
};
