import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AetheriaError } from "../../contract/errors.ts";
import type { Sha256 } from "../../contract/ids.ts";
import { captureIo } from "../../testing/captured-io.ts";
import { createFakeHost } from "../../testing/fake-host.ts";
import { fakeParts } from "../../testing/fake-parts.ts";
import { fakeSummary } from "../../testing/fake-session.ts";
import { runCli } from "../cli.ts";

const exported = '{"the":"log"}';
const imported: string[] = [];
let uploaded = "";
const parts = fakeParts(
  createFakeHost({
    "session.export": ({ format }) => ({
      name: format === "json" ? "Trip.json" : "Trip.md",
      mime: "text/plain",
      text: exported,
    }),
    "attachment.put": ({ bytes, name, mime }) => {
      uploaded = Buffer.from(bytes).toString("utf8");
      const sha256 = "a".repeat(64) as Sha256;
      return { file: { sha256, name, mime, sizeBytes: bytes.length } };
    },
    "session.import": () => {
      const text = uploaded;
      if (!text.startsWith("{")) throw new AetheriaError("bad_input", "That is no session.");
      imported.push(text);
      const sessions = [fakeSummary({ title: "Trip" })];
      return { sessions, skipped: text.includes("half") ? 2 : 0 };
    },
  }),
);

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aetheria-transfer-"));
  imported.length = 0;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("aetheria export and import", () => {
  it("brings back exactly what went out", async () => {
    const { io } = captureIo({ cwd: folder });
    expect(await runCli(["export", "id", "--out", "trip.json"], io, parts)).toBe(0);
    expect(await readFile(join(folder, "trip.json"), "utf8")).toBe(exported);
    expect(await runCli(["import", "trip.json"], io, parts)).toBe(0);
    expect(imported).toEqual([exported]);
  });

  it("writes to standard output, and reads from standard input", async () => {
    const written = captureIo();
    expect(await runCli(["export", "id"], written.io, parts)).toBe(0);
    expect(written.out()).toBe(`${exported}\n`);
    const read = captureIo({ stdin: exported });
    expect(await runCli(["import", "-"], read.io, parts)).toBe(0);
    expect(read.out()).toBe("Imported “Trip” as session-1.\n");
  });

  it("says how many could not be read", async () => {
    const read = captureIo({ stdin: '{"half":1}' });
    expect(await runCli(["import", "-"], read.io, parts)).toBe(0);
    expect(read.out()).toBe(
      "Imported “Trip” as session-1.\n2 could not be read and were left out.\n",
    );
  });

  it("names the file after the session when the place is a folder", async () => {
    const captured = captureIo({ cwd: folder });
    const argv = ["export", "id", "--format", "markdown", "--out", ".", "--json"];
    expect(await runCli(argv, captured.io, parts)).toBe(0);
    const file = join(folder, "Trip.md");
    expect(captured.lines()).toMatchObject([{ type: "export", file }]);
    expect(await readFile(file, "utf8")).toBe(exported);
  });

  it("never replaces a file unless told to", async () => {
    const file = join(folder, "kept.json");
    await writeFile(file, "mine");
    const captured = captureIo({ cwd: folder });
    expect(await runCli(["export", "id", "--out", "kept.json"], captured.io, parts)).toBe(1);
    expect(captured.err()).toBe(
      `${file} is already there.\nChoose another name, or add --force to replace it.\n`,
    );
    expect(await readFile(file, "utf8")).toBe("mine");
    await runCli(["export", "id", "--out", "kept.json", "--force"], captured.io, parts);
    expect(await readFile(file, "utf8")).toBe(exported);
  });

  it("says which file cannot be read, and what is wrong with one that can", async () => {
    await writeFile(join(folder, "note.txt"), "hello");
    const captured = captureIo({ cwd: folder });
    expect(await runCli(["import", "none.json"], captured.io, parts)).toBe(1);
    expect(captured.err()).toContain("none.json cannot be read (ENOENT).");
    expect(await runCli(["import", "note.txt"], captured.io, parts)).toBe(2);
    expect(captured.err()).toContain("That is no session.");
  });
});
