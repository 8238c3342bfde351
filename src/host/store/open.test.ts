import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AetheriaError } from "../../contract/errors.ts";
import { created, said, sessionA } from "../../testing/store-suite.ts";
import { openDatabase } from "./database.ts";
import { migrations } from "./migrations/migrate.ts";
import { openStore } from "./store.ts";

const clock = { now: Date.now };
const storeModule = new URL("./store.ts", import.meta.url).href;

describe("opening a data folder", () => {
  let dataDir = "";
  const log = () => undefined;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), "aetheria-open-"));
  });
  afterEach(() => rmSync(dataDir, { recursive: true }));

  it("refuses a second host, in the same process", () => {
    const store = openStore({ dataDir, clock, log });
    expect(errorOf(() => openStore({ dataDir, clock, log }))).toMatchObject({
      code: "data_folder_in_use",
      message: `Another Aetheria already uses ${dataDir}.`,
    });
    store.close();
    openStore({ dataDir, clock, log }).close();
  });

  it("refuses while another process has it, and not once that was killed; nothing told is lost", async () => {
    const child = runChild(`
      const store = openStore({ dataDir, clock: Date, log() {} });
      store.append("${sessionA}", [{ type: "session.created", data:
        { title: "Kept", workspace: null, model: null, mode: "balanced" } }], "normal");
      for (let count = 0; count < 50; count += 1) store.append("${sessionA}", [{ type: "message.sent",
        data: { messageId: "m" + count, text: "lighthouse", attachments: [], delivery: "auto" } }], "normal");
      console.log("ready");
      setInterval(() => {}, 1000);
    `);
    await child.line("ready");
    expect(errorOf(() => openStore({ dataDir, clock, log })).code).toBe("data_folder_in_use");
    await child.kill();
    const store = openStore({ dataDir, clock, log });
    expect(store.session(sessionA)).toMatchObject({ title: "Kept", seq: 51, messages: 50 });
    // On a busy machine a search may say that it has not looked at everything yet.
    await expect.poll(() => store.search("lighthouse", { limit: 100 }).hits).toHaveLength(50);
    expect(store.notices).toEqual([]);
    store.close();
  });

  it("says so when the data was written by a newer Aetheria, and changes nothing", () => {
    openStore({ dataDir, clock, log }).close();
    const db = openDatabase(join(dataDir, "aetheria.db"));
    db.pragma("user_version = 99");
    db.close();
    expect(errorOf(() => openStore({ dataDir, clock, log }))).toMatchObject({
      code: "conflict",
      message: `The data in ${dataDir} was written by a newer Aetheria (format 99, this one knows ${String(migrations.at(-1)?.version)}).`,
      hint: "Update Aetheria, or start it with another data folder.",
    });
    expect(readdirSync(dataDir).filter((name) => name.includes("damaged"))).toEqual([]);
  });

  it("says so when a folder lies where the database belongs", () => {
    mkdirSync(join(dataDir, "aetheria.db"));
    expect(errorOf(() => openStore({ dataDir, clock, log }))).toMatchObject({
      code: "refused",
      message: `Aetheria may not read or write ${dataDir}.`,
    });
  });

  it("says so when a file lies where the data folder belongs", () => {
    const inTheWay = join(dataDir, "file");
    writeFileSync(inTheWay, "");
    expect(errorOf(() => openStore({ dataDir: join(inTheWay, "data"), clock, log }))).toMatchObject(
      {
        code: "refused",
        hint: "Give your user the right to write there, or choose another data folder.",
      },
    );
  });

  it("says so when it may not read its database", async () => {
    openStore({ dataDir, clock, log }).close();
    chmodSync(dataDir, 0o755);
    chmodSync(join(dataDir, "aetheria.db"), 0);
    chmodSync(join(dataDir, "host.lock"), 0o666);
    const child = runChild(
      `try { openStore({ dataDir, clock: Date, log() {} }); console.log("opened"); }
       catch (error) { console.log(error.code + ": " + error.message); }`,
      process.getuid?.() === 0 ? 65_534 : undefined,
    );
    await child.line(`refused: Aetheria may not read or write ${dataDir}.`);
    await child.kill();
  });

  it("lets go of the folder when it cannot be opened", () => {
    mkdirSync(join(dataDir, "aetheria.db"));
    errorOf(() => openStore({ dataDir, clock, log }));
    rmSync(join(dataDir, "aetheria.db"), { recursive: true });
    const store = openStore({ dataDir, clock, log });
    store.append(sessionA, [created(), said("hello")], "full");
    store.close();
    expect(existsSync(join(dataDir, "aetheria.db-wal"))).toBe(false);
  });

  function runChild(code: string, uid?: number) {
    const script = `import { openStore } from "${storeModule}"; const dataDir = ${JSON.stringify(dataDir)};${code}`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
      stdio: ["ignore", "pipe", "inherit"],
      ...(uid === undefined ? {} : { uid }),
    });
    const exited = new Promise((resolve) => child.once("exit", resolve));
    return {
      line: (expected: string) =>
        new Promise<void>((resolve, reject) => {
          let output = "";
          child.stdout.on("data", (data) => {
            output += String(data);
            if (output.includes(`${expected}\n`)) resolve();
          });
          child.stdout.on("end", () => reject(new Error(`it only said: ${output}`)));
        }),
      kill: () => {
        child.kill("SIGKILL");
        return exited;
      },
    };
  }
});

function errorOf(work: () => unknown): AetheriaError {
  try {
    work();
  } catch (error) {
    if (error instanceof AetheriaError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
