// The app with one session open in its window and a model that answers from a process of its own:
// what the benches of long conversations drive.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { CDPSession } from "playwright-core";
import { openDisplay } from "../e2e/virtual-display.ts";
import { findElectron } from "../scripts/electron.ts";
import type { SessionId } from "../src/contract/ids.ts";
import { openStore } from "../src/host/store/store.ts";
import { sessionId } from "./filled-store.ts";
import { fillLong } from "./long-session.ts";
import { openModelProcess, type Pace } from "./model-process.ts";
import { startApp, type StartedApp } from "./started-app.ts";

export interface OpenedSession {
  app: StartedApp;
  cdp: CDPSession;
  /** Types a message and sends it. */
  send(text: string): Promise<void>;
  /** Types one letter as a keyboard does. */
  press(letter: string): Promise<void>;
  close(): Promise<void>;
}

/** Starts the app on a session of so many messages, the model at this pace. */
export async function openSession(messages: number, pace: Pace): Promise<OpenedSession> {
  const electron = findElectron();
  if (!electron) throw new Error("No Electron found: run `npm run provision`.");
  const folder = mkdtempSync(join(tmpdir(), "aetheria-session-bench-"));
  const dataDir = join(folder, "data");
  mkdirSync(dataDir, { mode: 0o700 });
  const id = sessionId(1);
  fillStore(dataDir, id, messages);
  const [display, model] = [await openDisplay(), await openModelProcess(pace)];
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: folder,
    XDG_CACHE_HOME: process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"),
    OLLAMA_HOST: "http://127.0.0.1:1",
    OPENAI_API_KEY: "bench",
    OPENAI_BASE_URL: model.url,
    AETHERIA_DATA: dataDir,
    ...display.env,
  };
  const app = await startApp(electron, [resolve(".")], env);
  const cdp = await app.page.context().newCDPSession(app.page);
  await app.page.evaluate(`location.hash = ${JSON.stringify(id)}`);
  const composer = app.page.getByRole("textbox", { name: "Message" });
  await composer.waitFor();
  return {
    app,
    cdp,
    async send(text) {
      await composer.focus();
      await cdp.send("Input.insertText", { text });
      await composer.press("Enter");
    },
    press: (letter) => press(cdp, letter),
    async close() {
      await app.end();
      await model.close();
      await display.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function fillStore(dataDir: string, id: SessionId, messages: number): void {
  const store = openStore({ dataDir, clock: { now: Date.now }, log: console.error });
  fillLong(store, id, messages);
  const without = { stepsPerRun: 0, tokensPerRun: 0, minutesPerRun: 0, usdPerRun: 0, usdPerDay: 0 };
  store.saveSettings({
    guided: true,
    budgets: without,
    model: { provider: "openai", name: "gpt-4o" },
  });
  store.close();
}

async function press(cdp: CDPSession, letter: string): Promise<void> {
  const key = { key: letter, code: `Key${letter.toUpperCase()}`, text: letter };
  await cdp.send("Input.dispatchKeyEvent", { type: "keyDown", ...key });
  await cdp.send("Input.dispatchKeyEvent", { type: "keyUp", ...key });
}
