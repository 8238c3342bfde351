// How the real desktop app ends, or goes on where a window of it does not.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type {} from "../src/renderer/client/desktop.ts";
import { DesktopRig, type Launched } from "./desktop-rig.ts";

let rig: DesktopRig;
const running: Launched[] = [];

beforeAll(async () => {
  rig = await DesktopRig.open();
});
afterAll(() => rig?.close());
afterEach(async () => {
  for (const launched of running.splice(0)) await launched.close();
});

async function launch(data: string): Promise<Launched> {
  const launched = await rig.launch(data, { env: rig.withModel });
  running.push(launched);
  return launched;
}

const eventually = <T>(look: () => T | Promise<T>) => expect.poll(look, { timeout: 30_000 });

async function startAgain(data: string, args: string[]): Promise<[number | null, string]> {
  const { program, args: all } = rig.command(args);
  const child = spawn(program, all, { env: rig.environment(data) });
  let said = "";
  child.stderr.on("data", (chunk) => (said += String(chunk)));
  const [code]: (number | null)[] = await once(child, "close");
  return [code ?? null, said];
}

const isCrashed = ({ app }: Launched): Promise<boolean> =>
  app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().some(({ webContents }) => webContents.isCrashed()),
  );

const crash = ({ app }: Launched): Promise<void> =>
  app.evaluate(({ BrowserWindow }) => {
    for (const { webContents } of BrowserWindow.getAllWindows())
      webContents.forcefullyCrashRenderer();
  });

it("ends with its window, although quick-ask was used and hides", async () => {
  const launched = await launch("quick-used");
  const { app, page } = launched;
  await startAgain("quick-used", ["--toggle"]);
  await eventually(() => app.windows().length).toBe(2);
  await startAgain("quick-used", ["--toggle"]);
  await page.keyboard.press("Control+Comma");
  await page.getByRole("button", { name: "Desktop", exact: true }).first().click();
  const tray = page.getByRole("switch", { name: /tray/i });
  if (await tray.isChecked()) await tray.click();
  // Playwright forgets the process once the app has ended.
  const child = app.process();
  const ended = once(child, "exit");
  await eventually(async () => {
    await app
      .evaluate(({ BrowserWindow }) => {
        for (const window of BrowserWindow.getAllWindows())
          if (!window.webContents.getURL().includes("?quick")) window.close();
      })
      .catch(() => undefined);
    return child.exitCode;
  }).toBe(0);
  await ended;
  running.splice(running.indexOf(launched), 1);
});

it("loads a page again that died, and leaves one that dies again and again until it is wanted", async () => {
  const launched = await launch("dying");
  const log = () => readFile(join(launched.dataDir, "aetheria.log"), "utf8");
  for (let deaths = 1; deaths < 5; deaths += 1) {
    await crash(launched);
    await eventually(async () => (await log()).split("the page is gone").length - 1).toBe(deaths);
    await eventually(() => isCrashed(launched)).toBe(false);
  }
  await crash(launched);
  await eventually(log).toContain("dies again and again");
  expect(await isCrashed(launched)).toBe(true);
  await startAgain("dying", []);
  await eventually(() => isCrashed(launched)).toBe(false);
});

it("ends with a sentence where its data folder cannot be", async () => {
  const inTheWay = join(rig.home, "in-the-way");
  await writeFile(inTheWay, "");
  const [code, said] = await startAgain("unused", ["--data", join(inTheWay, "data")]);
  expect(said).toContain(`Aetheria cannot start on the data folder ${join(inTheWay, "data")}.`);
  expect(code).toBe(1);
});
