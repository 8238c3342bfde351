import { describe, expect, it } from "vitest";
import { ripgrep } from "./ripgrep.ts";
import { searchFilesTool } from "./search-files.ts";
import { contextFor, runTool, temporaryWorkspace } from "./temporary-workspace.fixture.ts";

const tool = searchFilesTool();
const files = {
  "src/a.ts": "one\nTwo needle\nthree\nfour\nfive\nneedle again\n",
  "src/deep/b.ts": "a needle here\n",
  "src/c.md": "no such thing\n",
  "notes/d.md": "needle.*\n",
  "dist/e.ts": "needle\n",
  "debug.log": "needle\n",
  ".hidden/f.ts": "needle\n",
  ".gitignore": "dist\n*.log\n",
};

async function search(input: object, tree: Record<string, string> = files) {
  const { context } = await temporaryWorkspace(tree);
  return runTool(tool, input, context);
}

describe("search_files", () => {
  it("finds text with its lines, leaving out what is ignored or hidden", async () => {
    const { text, view } = await search({ content: "NEEDLE" });
    expect(text).toMatch(/^4 matches in 3 files:\n/);
    expect(text).toContain("src/a.ts\n  2: Two needle\n  6: needle again");
    expect(text).not.toMatch(/dist|debug|hidden/);
    expect(view).toMatchObject({
      kind: "matches",
      matches: expect.arrayContaining([{ path: "src/deep/b.ts", line: 1, text: "a needle here" }]),
    });
  });

  it("shows lines around a match, with gaps marked", async () => {
    const { text } = await search({ content: "needle", path: "src/a.ts", context_lines: 1 });
    expect(text).toBe(
      "2 matches in 1 file:\nsrc/a.ts\n  1- one\n  2: Two needle\n  3- three\n  …\n  5- five\n  6: needle again",
    );
  });

  it("takes content as plain text unless it is a regular expression", async () => {
    expect((await search({ content: "needle.*" })).text).toContain(
      "1 match in 1 file:\nnotes/d.md",
    );
    expect((await search({ content: "^needle", regex: true })).text).toMatch(/^2 matches/);
    expect((await search({ content: "two", match_case: true })).text).toMatch(/^Nothing found/);
    await expect(search({ content: "(", regex: true })).rejects.toMatchObject({
      code: "bad_input",
      message: expect.stringContaining("The search was not understood: regex parse error"),
    });
  });

  it("finds files by name and by path, .gitignore honoured", async () => {
    const names = async (...globs: string[]) => {
      const { view } = await search({ names: globs });
      return view?.kind === "entries" ? view.entries.map(({ path }) => path) : [];
    };
    expect(await names("*.ts")).toEqual(["src/a.ts", "src/deep/b.ts"]);
    expect(await names("src/*.ts")).toEqual(["src/a.ts"]);
    expect(await names("**/*.{md,ts}")).toEqual([
      "notes/d.md",
      "src/a.ts",
      "src/c.md",
      "src/deep/b.ts",
    ]);
    expect(await names("src/**")).toEqual(["src/a.ts", "src/c.md", "src/deep/b.ts"]);
    expect(await names("*.log", "./notes/*")).toEqual(["notes/d.md"]);
    expect(await names("{src/deep,notes}/*")).toEqual(["notes/d.md", "src/deep/b.ts"]);
  });

  it("combines names and content, and reaches hidden and ignored files when asked", async () => {
    expect((await search({ content: "needle", names: ["*.md"] })).text).toMatch(
      /^1 match in 1 file/,
    );
    const all = { content: "needle", hidden: true, include_ignored: true };
    expect((await search(all)).text).toMatch(/^7 matches in 6 files/);
  });

  it("stops at the limit and says so", async () => {
    const many = { many: "x\n".repeat(500) };
    const { text, view } = await search({ content: "x", max_results: 20 }, many);
    expect(text).toMatch(/^More than 20 matches in 1 file:/);
    expect(text).toContain("[cut here: narrow the search or raise max_results]");
    expect(view?.kind === "matches" && view.matches.length).toBe(20);
    const exactly = await search({ content: "x", max_results: 500 }, many);
    expect(exactly.text).toMatch(/^500 matches/);
    const named = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`f${i}.txt`, ""]));
    expect((await search({ names: ["*.txt"], max_results: 10 }, named)).text).toMatch(
      /^30 files:\n[^[]*\[20 more files: narrow the search or raise max_results\]$/,
    );
  });

  it("cuts long lines and passes over binary files", async () => {
    const tree = { min: `${"a".repeat(600)}needle`, bin: "needle\0" };
    const { text } = await search({ content: "needle" }, tree);
    expect(text).toContain("… (606 characters)");
    expect(text).toMatch(/^1 match in 1 file/);
  });

  it("does not follow links out of the workspace", async () => {
    const { base, context } = await temporaryWorkspace({ "a.txt": "", l: "->../outside" });
    const { mkdir, writeFile } = await import("node:fs/promises");
    await mkdir(`${base}/outside`);
    await writeFile(`${base}/outside/s.txt`, "needle");
    expect((await runTool(tool, { content: "needle" }, context)).text).toMatch(/^Nothing found/);
    await expect(runTool(tool, { content: "needle", path: "l" }, context)).rejects.toMatchObject({
      code: "outside_workspace",
    });
  });

  it("takes names and texts that look like options as what they are", async () => {
    const { context } = await temporaryWorkspace({ "-e": "--files\n" });
    const input = { content: "--files", path: "-e" };
    expect((await runTool(tool, input, context)).text).toContain("-e\n  1: --files");
  });

  it("says what is missing", async () => {
    await expect(search({})).rejects.toMatchObject({ code: "bad_input" });
    await expect(search({ content: "x", path: "nope" })).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(runTool(tool, { content: "x" }, contextFor(null))).rejects.toMatchObject({
      code: "workspace_missing",
    });
  });

  it("kills its child when it is stopped", async () => {
    const tree = Object.fromEntries(
      Array.from({ length: 50 }, (_, i) => [`f${i}`, "x\n".repeat(20_000)]),
    );
    const { root } = await temporaryWorkspace(tree);
    const stop = new AbortController();
    const lines = ripgrep(["x", "."], root, stop.signal);
    await lines.next();
    expect(await childrenOf(process.pid)).toContain("rg");
    stop.abort();
    await expect(drain(lines)).rejects.toMatchObject({ name: "AbortError" });
    expect(await childrenOf(process.pid)).not.toContain("rg");
  });
});

async function drain(lines: AsyncIterable<string>): Promise<void> {
  for await (const line of lines) void line;
}

async function childrenOf(pid: number): Promise<string[]> {
  const { execFileSync } = await import("node:child_process");
  const table = execFileSync("ps", ["-o", "ppid=,comm=", "-A"], { encoding: "utf8" });
  const rows = table.split("\n").map((row) => row.trim().split(/\s+/));
  return rows.flatMap(([parent, name]) => (parent === String(pid) && name ? [name] : []));
}
