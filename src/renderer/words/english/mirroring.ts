// What of a session is mirrored, and where its files are.
export const mirroring = {
  what: "What of this session is mirrored",
  mirrored: (choice: string) => `Mirrored: ${choice}`,
  asSettings: "As for every session",
  asSettingsDetail: (choice: string) => `Now: ${choice}`,
  choices: {
    all: {
      title: "Everything",
      short: "everything",
      detail: "Steps, results and files go to your other devices, sealed.",
    },
    text: {
      title: "What was said",
      short: "what was said",
      detail: "Messages and names of steps. Arguments, results and files stay here.",
    },
    none: {
      title: "Nothing",
      short: "nothing",
      detail: "It stays on this computer. What is in the cloud of it is deleted.",
    },
  },
  noneTitle: (title: string) => `Take “${title}” out of the cloud?`,
  noneText:
    "Its copy there is deleted, steps and files, and your other devices no longer show it. Here it stays as it is.",
  noneSure: "Delete the cloud copy",
  noneKeep: "Keep it there",
  files: (count: number) => `Files of this session (${count})`,
  filesTitle: "Files of this session",
  filesHint: "What was attached, and what the agent made.",
  noFiles: "Nothing was attached or made in this session.",
  places: {
    both: "Here and in the cloud",
    going: "Here, on its way to the cloud",
    here: "Only here",
    hereAtLeast: "Here; the cloud cannot be asked now",
    cloud: "Only in the cloud",
    missing: "Missing here and in the cloud",
    notHere: "Not here; the cloud cannot be asked now",
  },
  fetch: "Fetch",
  fetchNamed: (name: string) => `Fetch ${name} from the cloud`,
  pictureAway: "This picture is only in the cloud.",
};
