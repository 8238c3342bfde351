// The Files app: the tree, previews, what the agent changed, going back.
export const files = {
  title: (folder: string) => `Files — ${folder}`,
  titleNone: "Files",
  changedBadge: (count: number) =>
    count === 1 ? "1 changed by the agent" : `${count} changed by the agent`,
  tree: "Files of the workspace",
  refresh: "Read the folder again",
  onlyChanged: "Only what the agent changed",
  showRewind: "Rewind",
  trash: (count: number) => `Trash (${count})`,
  notes: {
    loading: "Reading",
    empty: "empty",
    truncated: "There is more in this folder than is shown.",
    failed: "This folder cannot be read.",
  },
  marks: {
    added: { sign: "A", word: "added by the agent" },
    modified: { sign: "M", word: "changed by the agent" },
    deleted: { sign: "D", word: "deleted by the agent" },
  },
  noWorkspace: "No folder yet",
  noWorkspaceHint: "Choose the folder that this session works in; its files show up here.",
  chooseFolder: "Choose a folder",
  nothingChosen: "Choose a file",
  nothingChosenHint:
    "Text, code, pictures, PDF and tables are shown here, and what changed in them.",
  loading: "Reading",
  back: "Back to the files",
  preview: "Preview",
  changes: "Changes",
  rendered: "As a page",
  source: "As text",
  noDiff: "Its text is as it was before.",
  binaryDiff: "This is not text, so there is no line by line comparison.",
  changedSince: "Somebody else has changed this file since.",
  save: "Save a copy",
  reveal: "Show in the file manager",
  mention: "Mention in the chat",
  mentionOf: (path: string) => `@${path}`,
  tooLarge: (size: string) => `This file has ${size}: too much for a preview.`,
  cutText: (shown: string, whole: string) => `The first ${shown} of ${whole} are shown.`,
  noPreview: "There is no preview for this kind of file.",
  rowsShown: (shown: string, whole: string) => `${shown} of ${whole} rows are shown.`,
  moreRows: "More rows",
  tableOf: (name: string) => `The table in ${name}`,
  page: (number: number, count: number) => `Page ${number} of ${count}`,
  pagesShown: (shown: number, whole: number) => `The first ${shown} of ${whole} pages are shown.`,
  pdfBroken: "This PDF cannot be read.",
  imageBroken: "This picture cannot be read.",
  dimensions: (width: number, height: number) => `${width} × ${height}`,
  rewind: {
    title: "Rewind",
    hint: "Take the chat and the files back to a moment, together. Nothing is deleted: what you leave stays as a branch.",
    now: "Now",
    nowDetail: (count: number) => (count === 1 ? "1 file changed" : `${count} files changed`),
    before: (title: string) => `Before “${title}”`,
    start: "Start of session",
    nothing: "no files would change",
    would: (restores: number, removes: number) => {
      if (restores > 0 && removes > 0) return `would restore ${restores}, remove ${removes}`;
      const count = restores + removes;
      return `would ${restores > 0 ? "restore" : "remove"} ${count} ${count === 1 ? "file" : "files"}`;
    },
    preview: "Preview",
    here: "Rewind here",
    none: "There is nothing to go back to yet.",
    previewTitle: (moment: string) => `What going back would change: ${moment}`,
    messages: (count: number) =>
      count === 1 ? "1 message leaves the chat." : `${count} messages leave the chat.`,
    actions: { restore: "restored", remove: "to the trash" },
    changedSince: "changed by somebody else since: that version goes to the trash",
    stays: "stays",
    problem: (why: string) => `It would stay as it is: ${why}`,
    notText: "not text",
    busy: "Stop the run first: going back waits until nothing works here.",
    sure: (moment: string) => `Go back: ${moment}?`,
    sureText: (messages: number, files: number) =>
      `${messages === 1 ? "1 message" : `${messages} messages`} and ${files === 1 ? "1 file" : `${files} files`} go back. The session as it is now stays beside this one, and what the files hold now goes to the trash.`,
    others: (count: number) =>
      count === 1
        ? "1 of the files was changed by somebody else since: their version goes to the trash."
        : `${count} of the files were changed by somebody else since: their versions go to the trash.`,
    stay: (count: number) =>
      count === 1
        ? "1 file cannot be taken back and stays."
        : `${count} files cannot be taken back and stay.`,
    chatOnly: "Take back the chat only",
    done: (restored: number, removed: number) =>
      `Went back: ${restored} restored, ${removed} to the trash.`,
    failed: (count: number) =>
      count === 1 ? "1 file could not be taken back" : `${count} files could not be taken back`,
    openBranch: "Open the branch",
  },
  bin: {
    title: "Trash",
    none: "Nothing was deleted in this session.",
    restore: "Restore",
    restored: (path: string) => `Restored ${path}`,
    when: (when: string, size: string) => `${size} · ${when}`,
  },
};
