// A Word document as Markdown: headings, lists, tables, links. Pictures are left out.
import { htmlText } from "./html-text.ts";
import { checkZip } from "./zip-guard.ts";

const maxUnpackedBytes = 200_000_000;

export async function docxText(bytes: Uint8Array, maxChars: number): Promise<string> {
  checkZip(bytes, maxUnpackedBytes);
  const { default: mammoth } = await import("mammoth");
  const convertImage = mammoth.images.imgElement(async () => ({ src: "" }));
  const { value: html } = await mammoth.convertToHtml(
    { buffer: Buffer.from(bytes) },
    { convertImage },
  );
  const text = await htmlText(html, maxChars);
  return text === "" ? "(a document without text)" : text;
}
