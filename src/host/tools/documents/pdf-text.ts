// The text of a PDF, page by page, no further than it is wanted.
import { UnreadableDocument } from "./unreadable-document.ts";

export async function pdfText(bytes: Uint8Array, maxChars: number): Promise<string> {
  const pdf = await openPdf(bytes);
  let text = "";
  let letters = 0;
  for (let number = 1; number <= pdf.numPages; number++) {
    const page = await pageText(pdf, number);
    letters += page.trim().length;
    const part = `--- page ${number} ---\n${page}\n`;
    if (text.length + part.length > maxChars)
      return text + cutPage(part, maxChars - text.length, number, pdf.numPages);
    text += part;
  }
  if (letters === 0)
    throw new UnreadableDocument(
      `has ${pdf.numPages} pages but no text; its pages may be pictures.`,
    );
  return text.trimEnd();
}

async function openPdf(bytes: Uint8Array) {
  const { getDocumentProxy } = await import("unpdf");
  try {
    return await getDocumentProxy(bytes, { verbosity: 0 });
  } catch (error) {
    if (error instanceof Error && error.name === "PasswordException")
      throw new UnreadableDocument("is locked with a password.");
    throw new UnreadableDocument("is a damaged PDF that cannot be read.");
  }
}

type Pdf = Awaited<ReturnType<typeof openPdf>>;

async function pageText(pdf: Pdf, number: number): Promise<string> {
  const page = await pdf.getPage(number);
  const { items } = await page.getTextContent();
  const pieces = items.map((item) => ("str" in item ? item.str + (item.hasEOL ? "\n" : "") : ""));
  page.cleanup();
  return pieces.join("").trimEnd();
}

function cutPage(part: string, room: number, number: number, pages: number): string {
  const kept = part.slice(0, Math.max(0, room));
  return `${kept}\n[cut here, in page ${number} of ${pages}]`;
}
