// Der erste Start: wie dieses Gerät den Rechner findet.
import type { Words } from "../words.ts";

export const welcome: Words["welcome"] = {
  title: "Dein Rechner in deiner Hand",
  lead: "Sieh, was er tut, beantworte seine Fragen, und gib ihm mehr zu tun.",
  ways: "Wie möchtest du dieses Gerät verbinden?",
  lan: "Gleiches Netz",
  lanDetail: "Direkt zu deinem Rechner, solange beide in einem Netz sind.",
  mirror: "Von überall",
  mirrorDetail: "Über dein eigenes Supabase-Projekt, das nichts lesen kann.",
  scan: "Öffne am Rechner die Verbindungen, wähle „Telefon hinzufügen“ und richte die Kamera dieses Telefons auf das Bild. Es öffnet sich von selbst hier.",
  or: "Keine Kamera? Tippe ab, was der Rechner zeigt.",
  address: "Adresse des Rechners",
  addressHint: "Wie unter dem Bild, etwa https://192.168.1.5:4518",
  code: "Code",
  codeHint: "Acht Zeichen, fünf Minuten lang gültig",
  pair: "Koppeln",
  pairing: "Dein Rechner wird gefragt, ob dieses Gerät hinein darf.",
  deviceName: "Dieses Gerät",
  project: "Adresse des Projekts",
  projectHint: "https://….supabase.co",
  anonKey: "Öffentlicher Schlüssel (anon)",
  email: "E-Mail",
  password: "Passwort",
  signIn: "Anmelden",
  linked:
    "Dieses Gerät hat den Schlüssel von deinem Rechner. Melde dich einmal an, und es ist verbunden.",
  keyTitle: "Der Schlüssel zu deinen Sitzungen",
  keyLead:
    "Sitzungen werden auf deinem Rechner verschlossen. Gib den Kennsatz ein, den du dort gewählt hast, und dieses Gerät kann sie lesen.",
  passphrase: "Kennsatz",
  openKey: "Öffnen",
  opening: "Der Schlüssel wird berechnet. Das dauert mit Absicht einen Moment.",
  lostTitle: "Wenn er verloren geht",
  lost: "Niemand kann diesen Kennsatz zurücksetzen: Der Server bekommt ihn nie zu sehen. Solange ein verbundenes Gerät noch geht, zeig dort seinen Code und scanne ihn. Geht keines mehr und ist der Kennsatz weg, bleiben die gespiegelten Kopien für immer verschlossen; was auf deinem Rechner ist, bleibt unberührt.",
  noKey: "Dieses Konto hat noch keinen Schlüssel.",
  noKeyHint: "Schalte zuerst den Spiegel ein: am Rechner, unter Verbindungen.",
  back: "Zurück",
  insecure:
    "Diese Seite kam unverschlüsselt, darum kann dieses Gerät nichts aufbewahren. Öffne sie über https.",
};
