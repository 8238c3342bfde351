// search_files: by name and by content, with ripgrep: .gitignore is honoured, links are not followed.
import { stat } from "node:fs/promises";
import { join, posix } from "node:path";
import * as z from "zod";
import { AetheriaError } from "../../../contract/errors.ts";
import type { Tool, ToolContext, ToolResult } from "../../../core/ports.ts";
import { defineTool } from "../define-tool.ts";
import { count } from "../amounts.ts";
import { filePlan } from "./file-plan.ts";
import { nameGlobs } from "./name-globs.ts";
import { ripgrep } from "./ripgrep.ts";
import { resolveInWorkspace } from "./workspace-path.ts";
import type { WorkspacePath } from "./workspace-path.ts";

const input = z.object({
  content: z.string().min(1).max(2000).optional().describe("Text to find in the files"),
  regex: z.boolean().default(false).describe("`content` is a regular expression"),
  match_case: z.boolean().default(false).describe("Capitals matter"),
  names: z
    .array(z.string().min(1).max(500))
    .max(50)
    .default([])
    .describe("Only files whose name or path matches one of these globs, like *.md or src/**/*.ts"),
  path: z.string().default(".").describe("Folder or file to search, relative to the workspace"),
  context_lines: z.int().min(0).max(10).default(0).describe("Lines to show around each match"),
  max_results: z.int().min(1).max(1000).default(100),
  hidden: z.boolean().default(false).describe("Also names that start with a dot"),
  include_ignored: z.boolean().default(false).describe("Also what .gitignore leaves out"),
});
type Input = z.output<typeof input>;

const maxFileSize = "50M";
const maxLineChars = 400;

/** What is never shown, wherever it lies. */
type Hides = (workspace: string, path: string) => Promise<boolean>;

export function searchFilesTool(hides: Hides = async () => false): Tool {
  return defineTool({
    name: "search_files",
    family: "files",
    title: "Search files",
    description:
      "Finds files of the workspace by name (`names`), by what they hold (`content`), or both. " +
      "Leaves out what .gitignore names.",
    effect: "read",
    input,
    async plan(asked, context) {
      const place = await prepare(asked, context);
      const what = [asked.content && `“${asked.content}”`, asked.names.join(", ")].filter(Boolean);
      return filePlan({
        effect: "read",
        summary: `search for ${what.join(" in ")}`,
        sentence: `Search ${place.shown === "." ? "the workspace" : place.shown} for ${what.join(" in ")}.`,
        paths: [place.real],
        fields: {
          path: place.real,
          content: asked.content,
          names: asked.names.join(", ") || undefined,
        },
      });
    },
    async run(asked, context) {
      const place = await prepare(asked, context);
      const { content } = asked;
      const isHidden = (path: string) => hides(place.root, join(place.root, path));
      return content === undefined
        ? searchNames(place, asked, isHidden, context.signal)
        : searchContent(place, { ...asked, content }, isHidden, context.signal);
    },
  });
}

async function prepare(asked: Input, context: ToolContext): Promise<WorkspacePath> {
  if (asked.content === undefined && asked.names.length === 0)
    throw new AetheriaError("bad_input", "Say what to search for: `content`, `names`, or both.");
  const place = await resolveInWorkspace(context.workspace, asked.path || ".");
  if (place.exists) return place;
  throw new AetheriaError("not_found", `“${place.shown}” does not exist.`, {
    hint: "List the folder to see what is there.",
  });
}

function commonArgs(asked: Input): string[] {
  return [
    ...(asked.hidden ? ["--hidden", "--glob=!.git"] : []),
    ...(asked.include_ignored ? ["--no-ignore"] : []),
  ];
}

type IsHidden = (path: string) => Promise<boolean>;

// ── Names ────────────────────────────────────────────────────────────────────────────────────────

async function searchNames(
  place: WorkspacePath,
  asked: Input,
  isHidden: IsHidden,
  signal: AbortSignal,
): Promise<ToolResult> {
  const globs = nameGlobs(asked.names);
  const args = ["--files", ...commonArgs(asked), ...globs.args, "--", place.shown];
  const paths: string[] = [];
  let total = 0;
  for await (const line of ripgrep(args, place.root, signal)) {
    const path = tidyPath(line);
    if (!globs.matches(path) || (await isHidden(path))) continue;
    total++;
    if (paths.length < asked.max_results) paths.push(path);
  }
  paths.sort();
  const rest = total - paths.length;
  const more =
    rest > 0 ? `\n[${count(rest, "more file")}: narrow the search or raise max_results]` : "";
  return {
    text: total === 0 ? nothing(asked) : `${count(total, "file")}:\n${paths.join("\n")}${more}`,
    view: { kind: "entries", entries: await entriesOf(place.root, paths) },
    labels: ["private"],
  };
}

function entriesOf(root: string, paths: string[]) {
  return Promise.all(
    paths.map(async (path) => {
      const stats = await stat(posix.join(root, path)).catch(() => null);
      const known = stats === null ? {} : { sizeBytes: stats.size, modifiedAt: stats.mtimeMs };
      return { path, type: "file" as const, ...known };
    }),
  );
}

// ── Content ──────────────────────────────────────────────────────────────────────────────────────

const Text = z.union([
  z.object({ text: z.string() }).transform(({ text }) => text),
  z
    .object({ bytes: z.string() })
    .transform(({ bytes }) => Buffer.from(bytes, "base64").toString("latin1")),
]);
const Line = z.object({
  type: z.enum(["match", "context"]),
  data: z.object({ path: Text, lines: Text, line_number: z.number() }),
});
type Found = { path: string; line: number; text: string; isMatch: boolean };

async function searchContent(
  place: WorkspacePath,
  asked: Input & { content: string },
  isHidden: IsHidden,
  signal: AbortSignal,
): Promise<ToolResult> {
  const found: Found[] = [];
  let matches = 0;
  let isCut = false;
  for await (const line of foundLines(place, asked, isHidden, signal)) {
    isCut = matches === asked.max_results && (line.isMatch || line.path !== found.at(-1)?.path);
    if (isCut) break;
    found.push(line);
    if (line.isMatch) matches++;
  }
  const files = new Set(found.map(({ path }) => path)).size;
  const amount = `${isCut ? "More than " : ""}${count(matches, "match", "matches")} in ${count(files, "file")}`;
  const more = isCut ? "\n[cut here: narrow the search or raise max_results]" : "";
  return {
    text: matches === 0 ? nothing(asked) : `${amount}:\n${grouped(found)}${more}`,
    view: { kind: "matches", matches: found.filter(({ isMatch }) => isMatch).map(toMatch) },
    labels: ["private"],
  };
}

async function* foundLines(
  place: WorkspacePath,
  asked: Input & { content: string },
  isHidden: IsHidden,
  signal: AbortSignal,
) {
  const globs = nameGlobs(asked.names);
  const args = [
    "--json",
    `--max-filesize=${maxFileSize}`,
    asked.match_case ? "--case-sensitive" : "--ignore-case",
    ...(asked.regex ? [] : ["--fixed-strings"]),
    `--context=${asked.context_lines}`,
    ...commonArgs(asked),
    ...globs.args,
    `--regexp=${asked.content}`,
    "--",
    place.shown,
  ];
  for await (const json of ripgrep(args, place.root, signal)) {
    const line = Line.safeParse(JSON.parse(json));
    if (!line.success) continue;
    const { path, lines, line_number } = line.data.data;
    const found = {
      path: tidyPath(path),
      line: line_number,
      text: cutLine(lines),
      isMatch: line.data.type === "match",
    };
    if (globs.matches(found.path) && !(await isHidden(found.path))) yield found;
  }
}

function grouped(found: Found[]): string {
  const byFile = new Map<string, Found[]>();
  for (const line of found) byFile.set(line.path, [...(byFile.get(line.path) ?? []), line]);
  return [...byFile]
    .map(([path, lines]) => `${path}\n${lines.map(lineText).join("\n")}`)
    .join("\n\n");
}

function lineText({ line, text, isMatch }: Found, i: number, all: Found[]): string {
  const before = all[i - 1];
  const gap = before !== undefined && before.line + 1 < line && all.some((other) => !other.isMatch);
  return `${gap ? "  …\n" : ""}  ${line}${isMatch ? ":" : "-"} ${text}`;
}

function toMatch({ path, line, text }: Found) {
  return { path, line, text };
}

function cutLine(text: string): string {
  const line = text.replace(/\r?\n$/, "");
  return line.length <= maxLineChars
    ? line
    : `${line.slice(0, maxLineChars)}… (${line.length} characters)`;
}

function tidyPath(path: string): string {
  return path.replaceAll("\\", "/").replace(/^\.\//, "");
}

function nothing(asked: Input): string {
  const left = asked.include_ignored
    ? ""
    : " Files that .gitignore names were left out; include_ignored searches them too.";
  return `Nothing found.${left}`;
}
