// Opens a link outside of Aetheria as link-policy.ts allows, after a question where it says so.
import { dialog, shell, type BrowserWindow } from "electron";
import { fateOf } from "./link-policy.ts";
import type { Words } from "./words/shape.ts";

export async function openLink(
  url: string,
  window: BrowserWindow | null,
  words: Words,
): Promise<boolean> {
  const fate = fateOf(url);
  const isWanted = fate === "open" || (fate === "ask" && (await isConfirmed(url, window, words)));
  if (isWanted) await shell.openExternal(url);
  return isWanted;
}

async function isConfirmed(
  url: string,
  window: BrowserWindow | null,
  words: Words,
): Promise<boolean> {
  const { question, detail, open, cancel } = words.link;
  const options = {
    type: "warning" as const,
    message: question,
    detail: `${url}\n\n${detail}`,
    buttons: [cancel, open],
    defaultId: 0,
    cancelId: 0,
  };
  const { response } = await (window
    ? dialog.showMessageBox(window, options)
    : dialog.showMessageBox(options));
  return response === 1;
}
