// The apps of the desk, in the order of the dock.
export const appNames = [
  "chat",
  "activity",
  "browser",
  "sandbox",
  "files",
  "connections",
  "settings",
] as const;
export type AppName = (typeof appNames)[number];
