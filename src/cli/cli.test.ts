import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { AetheriaError } from "../contract/errors.ts";
import { captureIo } from "../testing/captured-io.ts";
import { createFakeHost } from "../testing/fake-host.ts";
import { fakeParts } from "../testing/fake-parts.ts";
import { runCli } from "./cli.ts";

const folders: string[] = [];
const tempFolder = async () => {
  const folder = await mkdtemp(join(tmpdir(), "aetheria-cli-"));
  folders.push(folder);
  return folder;
};
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

const noHost = fakeParts(createFakeHost({}));

describe("the command line", () => {
  it("shows every command in --help and exits 0", async () => {
    const captured = captureIo();
    expect(await runCli(["--help"], captured.io, noHost)).toBe(0);
    for (const name of ["serve", "run", "tool", "search", "export", "import", "doctor"])
      expect(captured.out()).toMatch(new RegExp(`^  ${name} `, "m"));
  });

  it.each(["serve", "run", "tool", "search", "export", "import", "doctor"])(
    "shows how %s is used, with an example",
    async (name) => {
      const captured = captureIo();
      expect(await runCli([name, "--help"], captured.io, noHost)).toBe(0);
      expect(captured.out()).toContain(`Usage: aetheria ${name}`);
      expect(captured.out()).toMatch(/Examples?:\n {2}/);
      expect(captured.out()).toContain("--json");
      expect(captured.err()).toBe("");
    },
  );

  it("prints the version of package.json", async () => {
    const captured = captureIo();
    const about = JSON.parse(await readFile("package.json", "utf8"));
    expect(await runCli(["--version"], captured.io, noHost)).toBe(0);
    expect(captured.out()).toBe(`${about.version}\n`);
  });

  it.each([
    [["serch", "x"], "There is no command “serch”.", "Did you mean aetheria search?"],
    [["--verison"], "There is no option “--verison”.", "Did you mean aetheria --version?"],
    [["frobnicate"], "There is no command “frobnicate”.", "aetheria --help lists what there is."],
    [["search", "x", "--jsom"], "There is no option --jsom.", "Did you mean --json?"],
    [["search"], "What should be searched for?", "aetheria search QUERY"],
    [
      ["search", "x", "--limit"],
      "--limit needs a value: --limit N.",
      "See aetheria search --help.",
    ],
    [["search", "x", "--limit", "--json"], "--limit needs a value", "See aetheria search --help."],
    [["search", "x", "--limit", "many"], "whole number from 1 to 1000, not “many”", "See aetheria"],
    [["search", "x", "--json=1"], "--json takes no value.", "See aetheria search --help."],
    [["serve", "--port", "99999"], "whole number from 0 to 65535", "See aetheria serve --help."],
    [["run", "hi", "--approve", "yes"], "--approve takes ask, auto, deny, not “yes”.", "See"],
    [["run", "hi", "--model", "qwen"], "“qwen” does not name a model.", "provider/name"],
    [["run"], "What should be done?", 'aetheria run "PROMPT"'],
    [["tool"], "Which tool?", "aetheria tool --list shows them all."],
    [["tool", "x", "--input", "{"], "--input is not JSON", "Give one JSON object"],
    [["export"], "Which session?", "aetheria search QUERY shows ids."],
    [["export", "x", "--format", "pdf"], "--format takes json, markdown, not “pdf”.", "See"],
    [["import"], "Which file?", "See aetheria import --help."],
    [[], "Usage: aetheria COMMAND", "Commands:"],
  ])("refuses %j with exit code 2", async (argv, sentence, hint) => {
    const captured = captureIo();
    expect(await runCli(argv, captured.io, noHost)).toBe(2);
    expect(captured.err()).toContain(sentence);
    expect(captured.err()).toContain(hint);
    expect(captured.err()).not.toMatch(/\n\s+at /);
  });

  it.each([
    ["refused", 3],
    ["outside_workspace", 3],
    ["offline", 3],
    ["model_missing", 4],
    ["part_missing", 4],
    ["data_folder_in_use", 1],
    ["disk_full", 1],
    ["bad_input", 2],
  ] as const)("ends with the exit code of %s", async (code, exitCode) => {
    const captured = captureIo();
    const host = createFakeHost({
      "session.search": () => {
        throw new AetheriaError(code, "It did not work.", { hint: "Do this instead." });
      },
    });
    expect(await runCli(["search", "x"], captured.io, fakeParts(host))).toBe(exitCode);
    expect(captured.err()).toBe("It did not work.\nDo this instead.\n");
    expect(captured.out()).toBe("");
  });

  it("keeps an unexpected error's stack for the log file and shows a sentence", async () => {
    const dataDir = await tempFolder();
    const captured = captureIo({ env: { AETHERIA_DATA: dataDir } });
    const parts = fakeParts(createFakeHost({}), {
      openClient: () => Promise.reject(new TypeError("undefined is not a host")),
    });
    expect(await runCli(["search", "x"], captured.io, parts)).toBe(1);
    const log = join(dataDir, "aetheria.log");
    expect(captured.err()).toBe(
      `Something went wrong inside Aetheria.\nThe details are in ${log}.\n`,
    );
    expect(await readFile(log, "utf8")).toMatch(/aetheria search failed\.\nTypeError: undefined/);
  });

  it("tells errors as JSON too when JSON was asked for", async () => {
    const captured = captureIo();
    const host = createFakeHost({
      "session.search": () => {
        throw new AetheriaError("refused", "No.", { hint: "Ask nicely." });
      },
    });
    expect(await runCli(["search", "x", "--json"], captured.io, fakeParts(host))).toBe(3);
    expect(captured.lines()).toEqual([
      {
        type: "error",
        error: { code: "refused", message: "No.", hint: "Ask nicely.", retryable: false },
      },
    ]);
  });

  it("looks for the data folder under --data first", async () => {
    const seen: string[] = [];
    const host = createFakeHost({ "session.search": () => ({ hits: [], complete: true }) });
    const inner = fakeParts(host);
    const parts = fakeParts(host, {
      openClient: (place) => {
        seen.push(place.dataDir);
        return inner.openClient(place);
      },
    });
    const { io } = captureIo({ env: { AETHERIA_DATA: "/from-env" }, cwd: "/work" });
    await runCli(["search", "x", "--data", "here"], io, parts);
    await runCli(["search", "x"], io, parts);
    expect(seen).toEqual(["/work/here", "/from-env"]);
  });
});
