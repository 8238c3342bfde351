// Prints a page to a PDF that the person names.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { app, BrowserWindow, dialog, type WebContents } from "electron";
import { AetheriaError } from "../contract/errors.ts";
import { appName } from "./words.ts";
import type { Words } from "./words/shape.ts";

/** Where it was saved; null: the person chose nowhere. */
export async function savePdf(
  page: WebContents,
  name: string,
  words: Words,
): Promise<string | null> {
  const window = BrowserWindow.fromWebContents(page);
  const options = {
    defaultPath: join(app.getPath("documents"), `${plainName(name)}.pdf`),
    filters: [{ name: words.pdf.filter, extensions: ["pdf"] }],
  };
  const { canceled, filePath } = await (window
    ? dialog.showSaveDialog(window, options)
    : dialog.showSaveDialog(options));
  if (canceled || !filePath) return null;
  const bytes = await page.printToPDF({ printBackground: true, preferCSSPageSize: true });
  await writeFile(filePath, bytes).catch((cause: unknown) => {
    throw new AetheriaError("refused", "The PDF could not be written there.", {
      hint: "Choose another folder.",
      cause,
    });
  });
  return filePath;
}

/** What every file system takes as a name. */
function plainName(name: string): string {
  const plain = name
    .replace(/\.pdf$/i, "")
    .replace(/[\u0000-\u001f<>:"/\\|?*]+/g, " ")
    .trim();
  return plain.replace(/^\.+/, "") || appName;
}
