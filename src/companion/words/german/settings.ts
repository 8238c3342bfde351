// Dieses Gerät.
import type { Words } from "../words.ts";

export const settings: Words["settings"] = {
  title: "Einstellungen",
  connection: "Verbindung",
  overLan: "Gleiches Netz",
  overMirror: "Spiegel",
  address: "Adresse",
  account: "Konto",
  linkedOver: "Verbunden über",
  look: "Aussehen",
  theme: "Farben",
  themes: { system: "System", light: "Hell", dark: "Dunkel", contrast: "Hoher Kontrast" },
  language: "Sprache",
  languages: { system: "System", en: "English", de: "Deutsch" },
  notifications: "Mitteilungen",
  notificationsHint: "Für Entscheidungen, die auf dich warten, und für fertige Läufe.",
  notifyOn: "Einschalten",
  notifyIsOn: "Mitteilungen sind an.",
  notifyAlways: "Sie kommen auch, wenn die App geschlossen ist.",
  notifyOnOpen: "Sie kommen, solange die App offen ist oder eben noch war.",
  notifyDenied:
    "Dein Browser verweigert dieser App Mitteilungen. Erlaube sie in seinen Einstellungen.",
  notifyMissing: "Dieser Browser zeigt Mitteilungen nur für eine installierte App.",
  install: "Installieren",
  installHint: "Aetheria bekommt ein eigenes Symbol und öffnet sich auch ohne Netz.",
  installByHand: "Wähle im Menü deines Browsers „Zum Startbildschirm hinzufügen“.",
  storage: "Auf diesem Gerät",
  storageUsed: (size) => `${size} belegt`,
  storageHint:
    "Geöffnete Sitzungen, verschlossen mit einem Schlüssel, der dieses Gerät nie verlässt.",
  storageNone: "Dieser Browser bewahrt hier nichts auf: Was du liest, geht mit dieser Seite.",
  clear: "Zwischenspeicher leeren",
  forget: "Dieses Gerät vergessen",
  forgetHint:
    "Alles hier Aufbewahrte wird gelöscht. Dein Rechner und seine Sitzungen bleiben, wie sie sind.",
  forgetQuestion: "Dieses Gerät vergessen?",
  forgetSure:
    "Sitzungen, nicht gesendete Nachrichten und der Zugang werden hier endgültig gelöscht.",
  forgetUnsent: (count) =>
    count === 1
      ? "1 Nachricht wurde noch nicht gesendet."
      : `${count} Nachrichten wurden noch nicht gesendet.`,
  signOut: "Abmelden",
  cancel: "Abbrechen",
  about: "Über",
  version: "Version",
};
