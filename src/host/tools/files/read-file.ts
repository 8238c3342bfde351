// read_file: a text by lines, a document as Markdown, a picture as an attachment; anything else is
// named for what it is. Never loads a large text whole.
import type { FileHandle } from "node:fs/promises";
import { basename } from "node:path";
import type { TextDecoder } from "node:util";
import * as z from "zod";
import { AetheriaError } from "../../../contract/errors.ts";
import type { Attachments, Tool, ToolContext, ToolResult } from "../../../core/ports.ts";
import { kindOf } from "../documents/file-kind.ts";
import type { FileKind } from "../documents/file-kind.ts";
import { maxDocumentBytes, maxImageBytes, readDocument } from "../documents/read-document.ts";
import { encodingTitles, guessEncoding, textDecoder } from "../documents/text-encoding.ts";
import { defineTool } from "../define-tool.ts";
import { sizeText } from "../amounts.ts";
import { filePlan } from "./file-plan.ts";
import { told } from "./file-problem.ts";
import { openInside } from "./guarded-open.ts";
import { readHead } from "./load-text.ts";
import { readLines } from "./read-lines.ts";
import type { LinesRead } from "./read-lines.ts";
import { resolveInWorkspace } from "./workspace-path.ts";
import type { WorkspacePath } from "./workspace-path.ts";

const countWholeChars = 64_000_000;
const maxExtractedChars = 5_000_000;
const pieceBytes = 256 * 1024;

const input = z.object({
  path: z.string().min(1).describe("File to read, relative to the workspace"),
  start_line: z.int().min(1).max(1e12).default(1).describe("First line to read, from 1"),
  end_line: z.int().min(1).max(1e12).optional().describe("Last line to read, included"),
  start_column: z
    .int()
    .min(1)
    .max(1e12)
    .default(1)
    .describe("Where to begin in the first line; only for very long lines"),
  max_chars: z.int().min(1).max(200_000).default(40_000).describe("Most characters to return"),
});
type Input = z.output<typeof input>;

type Opened = {
  handle: FileHandle;
  place: WorkspacePath;
  kind: FileKind;
  sizeBytes: number;
  head: Uint8Array;
};

export function readFileTool(attachments: Attachments): Tool {
  return defineTool({
    name: "read_file",
    family: "files",
    title: "Read a file",
    description:
      "Reads a file of the workspace: text by lines, PDF, Word and Excel as text, pictures as pictures. " +
      "Long files come in parts; the end of the answer says how to get the next one.",
    effect: "read",
    input,
    async plan({ path }, context) {
      const place = await resolveInWorkspace(context.workspace, path);
      return filePlan({
        effect: "read",
        summary: `read ${place.shown}`,
        sentence: `Read the file ${place.shown}.`,
        paths: [place.real],
        fields: { path: place.real },
      });
    },
    async run(asked, context) {
      if (asked.end_line !== undefined && asked.end_line < asked.start_line)
        throw new AetheriaError("bad_input", "end_line comes before start_line.");
      const place = await resolveInWorkspace(context.workspace, asked.path);
      const handle = await openInside(place);
      try {
        const head = await told(place.shown, () => readHead(handle));
        const kind = kindOf(head, basename(place.real));
        const { size: sizeBytes } = await handle.stat();
        return await readKind(
          { handle, place, kind, sizeBytes, head },
          asked,
          context,
          attachments,
        );
      } finally {
        await handle.close();
      }
    },
  });
}

function readKind(file: Opened, asked: Input, context: ToolContext, attachments: Attachments) {
  const { kind } = file.kind;
  if (kind === "image") return readImage(file, attachments);
  if (kind === "pdf" || kind === "docx" || kind === "xlsx") return readOffice(file, asked, context);
  if (kind === "binary") return result(`${title(file)} It cannot be read as text.`);
  return readText(file, asked, context.signal);
}

async function readImage(file: Opened, attachments: Attachments): Promise<ToolResult> {
  if (file.sizeBytes > maxImageBytes)
    return result(
      `${title(file)} It is too large to be shown: the limit is ${sizeText(maxImageBytes)}.`,
    );
  const bytes = await told(file.place.shown, () => file.handle.readFile());
  const stored = await attachments.put(bytes, basename(file.place.real), file.kind.mime);
  return { ...result(`${title(file)} It is attached.`), files: [stored] };
}

async function readOffice(file: Opened, asked: Input, context: ToolContext): Promise<ToolResult> {
  if (file.sizeBytes > maxDocumentBytes)
    return result(
      `${title(file)} It is too large to be read: the limit is ${sizeText(maxDocumentBytes)}.`,
    );
  const bytes = await told(file.place.shown, () => file.handle.readFile());
  const source = { bytes, name: basename(file.place.real), mime: file.kind.mime };
  const read = await readDocument(source, maxExtractedChars, context.signal);
  if (read.kind !== "text") return result(`${title(file)} ${read.kind === "none" ? read.why : ""}`);
  return lines(file, [read.text], asked, "its text as Markdown");
}

function readText(file: Opened, asked: Input, signal: AbortSignal): Promise<ToolResult> {
  const encoding = guessEncoding(file.head) ?? "utf-8";
  const pieces = decodedPieces(file.handle, textDecoder(encoding), signal);
  return told(file.place.shown, () => lines(file, pieces, asked, encodingTitles[encoding]));
}

async function* decodedPieces(handle: FileHandle, decoder: TextDecoder, signal: AbortSignal) {
  const buffer = Buffer.alloc(pieceBytes);
  for (let at = 0; ;) {
    signal.throwIfAborted();
    const { bytesRead } = await handle.read(buffer, 0, pieceBytes, at);
    if (bytesRead === 0) break;
    at += bytesRead;
    yield decoder.decode(buffer.subarray(0, bytesRead), { stream: true });
  }
  yield decoder.decode();
}

// ── Words ────────────────────────────────────────────────────────────────────────────────────────

async function lines(
  file: Opened,
  pieces: Iterable<string> | AsyncIterable<string>,
  asked: Input,
  how: string,
): Promise<ToolResult> {
  const range = {
    startLine: asked.start_line,
    endLine: asked.end_line,
    startColumn: asked.start_column,
    maxChars: asked.max_chars,
  };
  const read = await readLines(pieces, range, countWholeChars);
  const note = read.windowsLineEnds ? `${how}, CRLF line ends` : how;
  const about = `${sizeText(file.sizeBytes)}, ${note}`;
  const shown = file.place.shown;
  if (read.lastLine === 0) return result(emptyRange(shown, asked, read, about));
  const total = read.totalLines === null ? "" : ` of ${read.totalLines.toLocaleString("en")}`;
  const heading = `${shown}: lines ${asked.start_line}–${read.lastLine}${total} (${about})`;
  return result(`${heading}\n\n${read.text}${rest(read)}`);
}

function emptyRange(shown: string, asked: Input, read: LinesRead, about: string): string {
  if (read.totalLines === 0) return `${shown} is empty.`;
  return `${shown} has ${read.totalLines?.toLocaleString("en")} lines (${about}); there is no line ${asked.start_line}.`;
}

function rest({ next, lastLine, totalLines }: LinesRead): string {
  if (next !== undefined) {
    const column = next.column > 1 ? ` and start_column ${next.column}` : "";
    return `\n[cut here: go on with start_line ${next.line}${column}]`;
  }
  if (totalLines === null || totalLines > lastLine)
    return `\n[the file goes on: start_line ${lastLine + 1} reads further]`;
  return "";
}

function title({ place, kind, sizeBytes }: Opened): string {
  return `${place.shown} is ${kind.title} (${sizeText(sizeBytes)}).`;
}

function result(text: string): ToolResult {
  return { text, view: { kind: "text" }, labels: ["private"] };
}
