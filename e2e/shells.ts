// The two ways in which people have Aetheria, behind one face: a page over `serve` in a browser, and
// the window of the desktop app. Scenarios that must hold in both are written against it.
import { mkdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { DesktopRig, type Launched } from "./desktop-rig.ts";
import { PageRig } from "./page-rig.ts";
import type { Stage } from "./stage.ts";

export interface Saved {
  name: string;
  bytes: Buffer;
}

export interface Shell {
  /** Another one after `reopen`. */
  readonly page: Page;
  readonly dataDir: string;
  /** Ends all of it as a person would, and starts it again on the same data folder. */
  reopen(): Promise<void>;
  /** The file that the person gets by doing this. */
  saved(act: () => Promise<void>): Promise<Saved>;
  close(): Promise<void>;
}

export interface ShellOptions {
  env?: Record<string, string>;
  /** The person has not seen the guide of the first run. */
  isNew?: boolean;
}

export interface ShellRig {
  readonly workspace: string;
  readonly model: Stage["model"];
  readonly withModel: Record<string, string>;
  open(data: string, options?: ShellOptions): Promise<Shell>;
  close(): Promise<void>;
}

export const shellRigs: [name: string, open: () => Promise<ShellRig>][] = [
  ["in a browser over serve", openPageShells],
  ["in the desktop app", openDesktopShells],
];

async function openPageShells(): Promise<ShellRig> {
  const rig = await PageRig.open();
  return {
    workspace: rig.workspace,
    model: rig.model,
    withModel: rig.withModel,
    close: () => rig.close(),
    async open(data, { env = rig.withModel, isNew = false } = {}) {
      let served = await rig.serve(data, env, 0, { isNew });
      const page = await rig.page(served.address, { acceptDownloads: true });
      return {
        page,
        dataDir: join(rig.workspace, "..", data),
        async reopen() {
          served.cli.child.kill("SIGTERM");
          await served.cli.ended;
          // On the same port: to a browser another one would be another place with other layouts.
          served = await rig.serve(data, env, Number(new URL(served.url).port), { isNew: true });
          await page.goto("about:blank");
          await page.goto(served.address);
        },
        async saved(act) {
          const saving = page.waitForEvent("download");
          await act();
          const file = await saving;
          return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
        },
        async close() {
          await page.context().close();
          served.cli.child.kill("SIGTERM");
          await served.cli.ended;
        },
      };
    },
  };
}

async function openDesktopShells(): Promise<ShellRig> {
  const rig = await DesktopRig.open();
  return {
    workspace: rig.workspace,
    model: rig.model,
    withModel: rig.withModel,
    close: () => rig.close(),
    async open(data, { env = rig.withModel, isNew = false } = {}) {
      let launched = await rig.launch(data, { env, guided: !isNew });
      return {
        get page() {
          return launched.page;
        },
        dataDir: launched.dataDir,
        async reopen() {
          await launched.close();
          launched = await rig.launch(data, { env, guided: false });
        },
        saved: (act) => savedByDesktop(launched, join(rig.home, "downloads"), act),
        close: () => launched.close(),
      };
    },
  };
}

type Seen = typeof globalThis & { savedPath?: string };

/** The system's dialog for the place is answered before it opens. */
async function savedByDesktop(
  { app }: Launched,
  folder: string,
  act: () => Promise<void>,
): Promise<Saved> {
  await mkdir(folder, { recursive: true });
  await app.evaluate(({ session }, to) => {
    const seen: Seen = globalThis;
    delete seen.savedPath;
    session.defaultSession.once("will-download", (_event, item) => {
      const path = `${to}/${item.getFilename()}`;
      item.setSavePath(path);
      item.once("done", (_done, state) => (seen.savedPath = state === "completed" ? path : state));
    });
  }, folder);
  await act();
  const path = () => app.evaluate(() => (globalThis as Seen).savedPath ?? "");
  await expect.poll(path, { timeout: 20_000 }).not.toBe("");
  const at = await path();
  return { name: basename(at), bytes: await readFile(at) };
}
