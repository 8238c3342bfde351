// What the desktop app would do outside of itself, written down instead of done.
import type { Launched } from "./desktop-rig.ts";

export interface EffectAnswers {
  /** Which button of a question is chosen; 0 is the one that does nothing. */
  response?: number;
  /** Where the person saves to. */
  savePath?: string;
}

/** Resolves with the way to read the effects until now, in their order. */
export async function watchEffects(
  { app }: Launched,
  { response = 0, savePath = "" }: EffectAnswers = {},
): Promise<() => Promise<string[]>> {
  await app.evaluate(
    ({ shell, dialog }, answers) => {
      const seen: string[] = [];
      Object.assign(globalThis, { seenEffects: seen });
      shell.openExternal = (url) => Promise.resolve(void seen.push(`open ${url}`));
      shell.showItemInFolder = (path) => void seen.push(`show ${path}`);
      dialog.showMessageBox = ((...args: { detail?: string }[]) => {
        seen.push(`ask ${args.at(-1)?.detail?.split("\n")[0]}`);
        return Promise.resolve({ response: answers.response, checkboxChecked: false });
      }) as typeof dialog.showMessageBox;
      dialog.showOpenDialog = (() => {
        seen.push("folder");
        return Promise.resolve({ canceled: true, filePaths: [] });
      }) as typeof dialog.showOpenDialog;
      dialog.showSaveDialog = ((...args: { defaultPath?: string }[]) => {
        seen.push(`save ${args.at(-1)?.defaultPath?.split("/").at(-1)}`);
        const { savePath: filePath } = answers;
        return Promise.resolve({ canceled: filePath === "", filePath });
      }) as typeof dialog.showSaveDialog;
    },
    { response, savePath },
  );
  return () =>
    app.evaluate(() => (globalThis as typeof globalThis & { seenEffects: string[] }).seenEffects);
}
