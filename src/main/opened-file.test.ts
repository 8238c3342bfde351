import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readOpenedFile } from "./opened-file.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "aetheria-opened-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string) => join(folder, name);

describe("a file that is opened", () => {
  it("is read whole, under its own name", async () => {
    writeFileSync(at("Talk.Aetheria.json"), "{}");
    const read = await readOpenedFile(at("Talk.Aetheria.json"));
    expect(read).toEqual({ kind: "import", name: "Talk.Aetheria.json", text: "{}" });
  });

  it("of another kind, or gone, is told", async () => {
    writeFileSync(at("notes.json"), "{}");
    await expect(readOpenedFile(at("notes.json"))).rejects.toMatchObject({ code: "bad_input" });
    const gone = readOpenedFile(at("gone.aetheria.json"));
    await expect(gone).rejects.toMatchObject({ code: "not_found" });
  });

  it.skipIf(process.platform === "win32")(
    "is refused at once when it is a pipe or a device: nobody waits for them",
    async () => {
      execFileSync("mkfifo", [at("pipe.aetheria.json")]);
      symlinkSync("/dev/zero", at("zero.aetheria.json"));
      for (const name of ["pipe", "zero"])
        await expect(readOpenedFile(at(`${name}.aetheria.json`))).rejects.toMatchObject({
          code: "bad_input",
        });
    },
  );
});
