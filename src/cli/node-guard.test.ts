import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { explainOldNode, findProjectNode, isNodeNewEnough } from "./node-guard.ts";

const oldNode = findOldNode();
const needsOldNode = "(needs a Node older than 22.14 on the PATH)";

describe("isNodeNewEnough", () => {
  it.each([
    ["20.20.2", false],
    ["22.13.1", false],
    ["22.14.0", true],
    ["24.0.0", true],
    ["100.0.0", true],
  ])("Node %s: %s", (version, expected) => {
    expect(isNodeNewEnough(version)).toBe(expected);
  });
});

describe("the first stage of the command", () => {
  let folder: string;
  let program: string;
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), "aetheria-guard-")));
    program = writeFirstStage(join(folder, "out"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("loads the command line on a new Node and ends with its exit code", () => {
    const run = runOn(process.execPath, program, ["--flag", "two words"]);
    expect(run).toEqual({
      stdout: `${process.versions.node} --flag|two words\n`,
      stderr: "",
      status: 3,
    });
  });

  it("finds the project's own Node from a folder inside the project", () => {
    const node = linkProjectNode(folder, process.execPath);
    expect(findProjectNode(join(folder, "out", "chunks"))).toBe(node);
  });

  it.skipIf(!oldNode)(`restarts an old Node on the project's own ${needsOldNode}`, () => {
    linkProjectNode(folder, process.execPath);
    const run = runOn(oldNode ?? "", program, ["--flag", "two words"]);
    expect(run).toEqual({
      stdout: `${process.versions.node} --flag|two words\n`,
      stderr: "",
      status: 3,
    });
  });

  it.skipIf(!oldNode)(
    `ends with 4 and one line where there is no other Node ${needsOldNode}`,
    () => {
      const run = runOn(oldNode ?? "", program, []);
      expect(run).toEqual({
        stdout: "",
        stderr: `${explainOldNode(versionOf(oldNode ?? ""))}\n`,
        status: 4,
      });
    },
  );

  it.skipIf(!oldNode)(
    `does not restart forever when the project's own is old too ${needsOldNode}`,
    () => {
      linkProjectNode(folder, oldNode ?? "");
      expect(runOn(oldNode ?? "", program, []).status).toBe(4);
    },
  );
});

/** main.ts and its guard as the JavaScript that the build makes of them, over a command line that shows its start. */
function writeFirstStage(out: string): string {
  mkdirSync(join(out, "chunks"), { recursive: true });
  writeFileSync(join(out, "package.json"), '{ "type": "module" }');
  for (const name of ["main", "node-guard"]) {
    const source = readFileSync(new URL(`./${name}.ts`, import.meta.url), "utf8");
    const script = stripTypeScriptTypes(source).replace(/"(\.\/[\w-]+)\.ts"/g, '"$1.js"');
    writeFileSync(join(out, `${name}.js`), script);
  }
  writeFileSync(
    join(out, "cli.js"),
    `export async function runCli(args) {
      console.log(process.versions.node + " " + args.join("|"));
      return 3;
    }`,
  );
  return join(out, "main.js");
}

function linkProjectNode(folder: string, target: string): string {
  const bin = join(folder, "node_modules", "node", "bin");
  mkdirSync(bin, { recursive: true });
  symlinkSync(target, join(bin, "node"));
  return join(bin, "node");
}

function runOn(node: string, program: string, args: string[]) {
  const { stdout, stderr, status } = spawnSync(node, [program, ...args], { encoding: "utf8" });
  return { stdout, stderr, status };
}

function findOldNode(): string | undefined {
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => !folder.includes("node_modules"))
    .map((folder) => join(folder, "node"))
    .find((node) => existsSync(node) && !isNodeNewEnough(versionOf(node)));
}

function versionOf(node: string): string {
  return spawnSync(node, ["-p", "process.versions.node"], { encoding: "utf8" }).stdout.trim();
}
