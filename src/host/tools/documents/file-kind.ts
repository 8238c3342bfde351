// Says what a file is from its first bytes and its name. Owns the list of what Aetheria can read.
import { extname } from "node:path";
import { guessEncoding } from "./text-encoding.ts";

export type FileKind = {
  kind: "text" | "html" | "csv" | "image" | "pdf" | "docx" | "xlsx" | "binary";
  mime: string;
  /** For a sentence: `a PNG picture`. */
  title: string;
};

const magics: { at?: number; bytes: string; kind: FileKind }[] = [
  magic("89504e470d0a1a0a", "image", "image/png", "a PNG picture"),
  magic("ffd8ff", "image", "image/jpeg", "a JPEG picture"),
  magic("474946383761", "image", "image/gif", "a GIF picture"),
  magic("474946383961", "image", "image/gif", "a GIF picture"),
  { ...magic("57454250", "image", "image/webp", "a WebP picture"), at: 8 },
  magic("255044462d", "pdf", "application/pdf", "a PDF document"),
  magic("d0cf11e0a1b11ae1", "binary", "application/x-ole-storage", oleTitle()),
  magic("7f454c46", "binary", "application/x-elf", "a program for Linux"),
  magic("4d5a", "binary", "application/x-msdownload", "a program for Windows"),
  magic("1f8b", "binary", "application/gzip", "a gzip archive"),
  magic("377abcaf271c", "binary", "application/x-7z-compressed", "a 7-Zip archive"),
  magic("52617221", "binary", "application/vnd.rar", "a RAR archive"),
  magic("53514c69746520666f726d6174", "binary", "application/vnd.sqlite3", "an SQLite database"),
  magic("424d", "binary", "image/bmp", "a BMP picture, a kind that cannot be shown here"),
  magic("494433", "binary", "audio/mpeg", "an MP3 recording"),
  magic("4f676753", "binary", "application/ogg", "an Ogg recording"),
  { ...magic("66747970", "binary", "video/mp4", "an MP4 film or recording"), at: 4 },
  { ...magic("57415645", "binary", "audio/wav", "a WAV recording"), at: 8 },
];

const office: Record<string, FileKind> = {
  ".docx": {
    kind: "docx",
    mime: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    title: "a Word document",
  },
  ".xlsx": {
    kind: "xlsx",
    mime: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    title: "an Excel workbook",
  },
};

const texts: Record<string, FileKind> = {
  ".csv": { kind: "csv", mime: "text/csv", title: "a CSV table" },
  ".tsv": { kind: "csv", mime: "text/tab-separated-values", title: "a TSV table" },
  ".html": { kind: "html", mime: "text/html", title: "an HTML page" },
  ".htm": { kind: "html", mime: "text/html", title: "an HTML page" },
  ".json": { kind: "text", mime: "application/json", title: "a JSON file" },
  ".md": { kind: "text", mime: "text/markdown", title: "a Markdown text" },
  ".svg": { kind: "text", mime: "image/svg+xml", title: "an SVG drawing" },
};

/** From the first `headBytes` of a file. `mime` helps where the name has no ending; the bytes have the last word. */
export function kindOf(head: Uint8Array, name: string, mime = ""): FileKind {
  const ending = extname(name).toLowerCase();
  if (hasBytes(head, "504b0304", 0) || hasBytes(head, "504b0506", 0)) return zipKind(ending, mime);
  if (guessEncoding(head) !== null && !hasBytes(head, "255044462d", 0))
    return textKind(ending, mime);
  const found = magics.find(({ bytes, at }) => hasBytes(head, bytes, at ?? 0));
  return (
    found?.kind ?? { kind: "binary", mime: "application/octet-stream", title: "a binary file" }
  );
}

function zipKind(ending: string, mime: string): FileKind {
  const byMime = Object.values(office).find((kind) => kind.mime === mime);
  const plain = { kind: "binary", mime: "application/zip", title: "a ZIP archive" } as const;
  return office[ending] ?? byMime ?? plain;
}

function textKind(ending: string, mime: string): FileKind {
  const byMime = Object.values(texts).find((kind) => kind.mime === mime.split(";")[0]?.trim());
  return texts[ending] ?? byMime ?? { kind: "text", mime: "text/plain", title: "a text" };
}

function hasBytes(head: Uint8Array, hex: string, at: number): boolean {
  const bytes = Buffer.from(hex, "hex");
  return bytes.equals(head.subarray(at, at + bytes.length));
}

function magic(bytes: string, kind: FileKind["kind"], mime: string, title: string) {
  return { bytes, kind: { kind, mime, title } };
}

function oleTitle(): string {
  return "an old or password-protected Office document";
}
