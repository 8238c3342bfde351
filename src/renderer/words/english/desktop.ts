// What only the desktop app says: trouble with its host.
export const desktop = {
  troubleTitle: "The engine stopped",
  again: (seconds: number) =>
    seconds <= 1 ? "It starts again now." : `It starts again in ${seconds} s.`,
  waits: "It stopped several times in a row and waits for you.",
  restart: "Restart now",
  showLog: "Show log",
  hideLog: "Hide log",
  log: "End of the log",
  emptyLog: "The log is empty.",
  openFolder: "Open its folder",
};
