// A program of the sandbox as people recognise it, before and after it ran: its language, what it is
// about in one line, and the names of what it made. Pure; every screen and the export say it alike.
import type { SandboxLanguage } from "../../contract/sandbox.ts";
import type { ToolView } from "../../contract/tool.ts";
import type { ToolItem } from "./view.ts";

export type RunView = Extract<ToolView, { kind: "run" }>;

export type RunShown = {
  language: SandboxLanguage;
  code: string;
  /** The first line that says something. */
  line: string;
  /** Names of files that it created or changed, the created ones first. */
  made: string[];
  /** null: it has not ended. */
  view: RunView | null;
};

const languages: Readonly<Record<string, SandboxLanguage>> = {
  run_python: "python",
  run_node: "node",
  run_shell: "shell",
};
/** As a call may name it. */
const spoken: Readonly<Record<string, SandboxLanguage>> = {
  python: "python",
  node: "node",
  javascript: "node",
};

/** null: this call is no run of a program. */
export function runShown({
  name,
  input,
  view,
}: Pick<ToolItem, "name" | "input" | "view">): RunShown | null {
  if (view?.kind === "run") {
    const { language, code } = view;
    return { language, code, line: lineOf(code), made: madeBy(view), view };
  }
  const language = name === "execute_in_sandbox" ? languageIn(input) : languages[name];
  if (!language) return null;
  const code = codeIn(input);
  return { language, code, line: lineOf(code), made: [], view: null };
}

function languageIn(input: unknown): SandboxLanguage {
  const asked = typeof input === "object" && input !== null && "language" in input;
  return (asked && spoken[String(input.language)]) || "shell";
}

const codeNames = ["code", "command", "script"];

function codeIn(input: unknown): string {
  if (typeof input === "string") return input;
  if (typeof input !== "object" || input === null) return "";
  const found = Object.entries(input).find(([name]) => codeNames.includes(name))?.[1] as unknown;
  return typeof found === "string" ? found : "";
}

/** What every program begins with says nothing of this one. */
const preamble = /^(?:import\b|from\s+\S+\s+import\b|(?:const|let|var)\b.*\brequire\(|set\s+-|#!)/;

export function lineOf(code: string): string {
  const lines = code
    .slice(0, 20_000)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const telling = lines.find((line) => !preamble.test(line) && plain(line) !== "");
  return plain(telling ?? lines[0] ?? "");
}

/** A comment's words without its sign. */
const plain = (line: string): string => line.replace(/^(?:#+|\/\/+)\s*/, "");

function madeBy({ changed }: RunView): string[] {
  const names = (change: "created" | "modified") =>
    changed.filter((file) => file.change === change).map(({ path }) => baseName(path));
  return [...names("created"), ...names("modified")];
}

const baseName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

const maxMade = 3;

/** `Draw the growth → chart.png, summary.csv`. */
export function runLine({ line, made }: Pick<RunShown, "line" | "made">): string {
  if (made.length === 0) return line;
  const more = made.length > maxMade ? ` +${made.length - maxMade}` : "";
  const names = `→ ${made.slice(0, maxMade).join(", ")}${more}`;
  return line === "" ? names : `${line} ${names}`;
}
