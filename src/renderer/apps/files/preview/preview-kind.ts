// What a file is shown as, by what the host says it is and by its name. Pure.

export type PreviewKind = "text" | "markdown" | "image" | "pdf" | "table" | "none";

/** The most that is read for a preview, in bytes. */
export const previewLimits: Readonly<Record<Exclude<PreviewKind, "none">, number>> = {
  text: 1_000_000,
  markdown: 1_000_000,
  image: 30_000_000,
  pdf: 60_000_000,
  table: 5_000_000,
};

/** Kinds of which a part can be shown; the others are shown whole or not at all. */
export const cuttable: ReadonlySet<PreviewKind> = new Set(["text", "table"]);

const images = /^image\/(?:png|jpeg|gif|webp|avif|bmp|svg\+xml|x-icon|vnd\.microsoft\.icon)$/;
const textual =
  /^(?:text\/|application\/(?:json|xml|javascript|typescript|x-sh|toml|yaml|sql)\b)|\+(?:json|xml)$/;

export function previewKind(mime: string, name: string): PreviewKind {
  const type = mime.split(";")[0]?.trim() ?? "";
  if (images.test(type)) return "image";
  if (type === "application/pdf") return "pdf";
  if (/\.(?:csv|tsv)$/i.test(name) || type === "text/csv") return "table";
  if (/\.(?:md|markdown)$/i.test(name) || type === "text/markdown") return "markdown";
  return textual.test(type) ? "text" : "none";
}

const languages: Readonly<Record<string, string>> = {
  cjs: "javascript",
  htm: "html",
  js: "javascript",
  jsx: "javascript",
  mjs: "javascript",
  py: "python",
  rb: "ruby",
  rs: "rust",
  sh: "bash",
  svelte: "html",
  svg: "xml",
  ts: "typescript",
  tsx: "typescript",
  vue: "html",
  yml: "yaml",
};

/** The name of the language for colouring: the file's ending where nothing better is known. */
export function languageOf(name: string): string {
  const ending = /\.([^./]+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
  return languages[ending] ?? ending;
}
