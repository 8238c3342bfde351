// list_files: the tree of a folder, to a depth. Large folders are cut, with the counts of the rest.
import { lstat, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { AetheriaError } from "../../../contract/errors.ts";
import type { ToolView } from "../../../contract/tool.ts";
import type { Tool, ToolContext, ToolResult } from "../../../core/ports.ts";
import { defineTool } from "../define-tool.ts";
import { count, sizeText } from "../amounts.ts";
import { filePlan } from "./file-plan.ts";
import { told } from "./file-problem.ts";
import { inFolder } from "./guarded-open.ts";
import { resolveInWorkspace, shownPath } from "./workspace-path.ts";
import type { WorkspacePath } from "./workspace-path.ts";

const input = z.object({
  path: z.string().default(".").describe("Folder to list, relative to the workspace"),
  depth: z.int().min(1).max(10).default(2).describe("How many levels to open"),
  hidden: z.boolean().default(false).describe("Also names that start with a dot"),
  max_entries: z.int().min(1).max(5000).default(400).describe("Most entries to return"),
});
type Input = z.output<typeof input>;

type Entry = Extract<ToolView, { kind: "entries" }>["entries"][number];
type Line = { level: number; text: string };
type Folder = { real: string; level: number };

const maxNestedEntries = 60;
/** Counted, but opened only when listed by name. */
const quietFolders = ["node_modules", ".git", "__pycache__", ".venv", "venv"];

export function listFilesTool(): Tool {
  return defineTool({
    name: "list_files",
    family: "files",
    title: "List a folder",
    description: "Lists files and folders of the workspace with their sizes, as a tree.",
    effect: "read",
    input,
    async plan({ path }, context) {
      const place = await resolveInWorkspace(context.workspace, path);
      return filePlan({
        effect: "read",
        summary: `list ${place.shown}`,
        sentence: `List the folder ${place.shown}.`,
        paths: [place.real],
        fields: { path: place.real },
      });
    },
    run: list,
  });
}

async function list(asked: Input, context: ToolContext): Promise<ToolResult> {
  const place = await resolveInWorkspace(context.workspace, asked.path || ".");
  const listing = new Listing(place, asked, context.signal);
  await listing.open({ real: place.real, level: 0 });
  const name = place.shown === "." ? "The workspace" : place.shown;
  return {
    text: listing.lines.length === 0 ? `${name} is empty.` : `${name}:\n${listing.toText()}`,
    view: { kind: "entries", entries: listing.entries },
    labels: ["private"],
  };
}

class Listing {
  readonly lines: Line[] = [];
  readonly entries: Entry[] = [];
  private readonly place: WorkspacePath;
  private readonly asked: Input;
  private readonly signal: AbortSignal;

  constructor(place: WorkspacePath, asked: Input, signal: AbortSignal) {
    this.place = place;
    this.asked = asked;
    this.signal = signal;
  }

  toText(): string {
    return this.lines.map(({ level, text }) => "  ".repeat(level) + text).join("\n");
  }

  async open(folder: Folder): Promise<void> {
    this.signal.throwIfAborted();
    await inFolder(this.place.root, folder.real, async (entry) => {
      const names = await this.names(folder.real, entry("."));
      const most = folder.level === 0 ? names.length : maxNestedEntries;
      for (const [i, name] of names.entries()) {
        if (this.entries.length >= this.asked.max_entries || i >= most) {
          this.lines.push({ level: folder.level, text: this.more(names.length - i, folder) });
          return;
        }
        await this.add(folder, name, entry(name));
      }
    });
  }

  private async names(real: string, path: string): Promise<string[]> {
    const all = await told(shownPath(this.place.root, real), () => readdir(path));
    const visible = this.asked.hidden ? all : all.filter((name) => !name.startsWith("."));
    return visible.sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  }

  private more(rest: number, { real, level }: Folder): string {
    const shown = shownPath(this.place.root, real);
    const where = level === 0 ? "a larger max_entries or search_files" : `list_files ${shown}`;
    return `… ${count(rest, "more entry", "more entries")} (${where} shows them)`;
  }

  /** `path` is the entry within its open folder. */
  private async add({ real, level }: Folder, name: string, path: string): Promise<void> {
    const stats = await statOrNull(path);
    if (stats === null) return;
    const inside = { real: join(real, name), level: level + 1 };
    const shown = shownPath(this.place.root, inside.real);
    const type = typeOf(stats);
    this.entries.push({ path: shown, type, sizeBytes: stats.size, modifiedAt: stats.mtimeMs });
    if (type !== "folder") {
      const size = type === "file" ? `  ${sizeText(stats.size)}` : await otherText(path, type);
      this.lines.push({ level, text: name + size });
    } else if (level + 1 >= this.asked.depth || quietFolders.includes(name))
      this.lines.push({ level, text: `${name}/  ${await this.insideOf(inside)}` });
    else {
      this.lines.push({ level, text: `${name}/` });
      await this.openOrSay(inside);
    }
  }

  private async insideOf({ real }: Folder): Promise<string> {
    try {
      const names = await inFolder(this.place.root, real, (entry) => this.names(real, entry(".")));
      return count(names.length, "entry", "entries");
    } catch (error) {
      return reason(error);
    }
  }

  /** One folder that may not be read does not spoil the list. */
  private async openOrSay(folder: Folder): Promise<void> {
    try {
      await this.open(folder);
    } catch (error) {
      this.lines.push({ level: folder.level, text: reason(error) });
    }
  }
}

/** null: it went away while the folder was being read. */
async function statOrNull(path: string) {
  try {
    return await lstat(path);
  } catch (_gone) {
    return null;
  }
}

function typeOf(stats: Awaited<ReturnType<typeof lstat>>): Entry["type"] {
  if (stats.isSymbolicLink()) return "link";
  if (stats.isDirectory()) return "folder";
  return stats.isFile() ? "file" : "other";
}

async function otherText(path: string, type: Entry["type"]): Promise<string> {
  if (type !== "link") return "  (not a plain file)";
  return `  (link to ${await readlink(path).catch(() => "somewhere")})`;
}

function reason(error: unknown): string {
  if (error instanceof AetheriaError) return `(${error.message})`;
  throw error;
}
