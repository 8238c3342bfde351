// A program that prints 100 MB, watched in the page: what the host's memory grows by over a quarter of
// it, how smooth the page stays meanwhile, and whether all of it is on the disk afterwards.
import { chown, mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { chromium } from "playwright-core";
import { findChromium, quietChromiumArgs } from "../scripts/chromium.ts";
import { connectSocket } from "../src/cli/connect-socket.ts";
import { spawnCli } from "../src/testing/spawned-cli.ts";
import { lateShare, watchPage, type Seen } from "./page-frames.ts";
import { report } from "./report.ts";
import { ownPssMb } from "./started-app.ts";

const bytes = 100_000_000;
const idleMs = 3_000;
/** What the image of the sandbox gives whoever owns nothing. */
const inside = 10_001;
const executablePath = findChromium();
if (!executablePath) throw new Error("No Chromium found: run `npm run provision`.");

const home = await mkdtemp(join(tmpdir(), "aetheria-flood-bench-"));
const dataDir = join(home, "data");
const workspace = join(home, "work");
await mkdir(workspace);
if (process.getuid?.() === 0) await chown(workspace, inside, inside);
const engine = ["DOCKER_HOST", "AETHERIA_SANDBOX_BASE"].flatMap((name) => {
  const value = process.env[name];
  return value === undefined ? [] : [[name, value] as const];
});
const cli = spawnCli(["serve", "--json", "--port", "0", "--data", dataDir], {
  ...{ home, env: Object.fromEntries(engine) },
});
const browser = await chromium.launch({ executablePath, args: [...quietChromiumArgs] });
try {
  await cli.said('"ready"');
  const ready = cli.lines().find(({ type }) => type === "ready");
  const [url, token] = [String(ready?.["url"]), String(ready?.["token"])];
  const client = await connectSocket(url, token);
  await client.call("settings.set", { guided: true });
  const { sessionId } = await client.call("session.create", { workspace });
  const shell = (command: string) =>
    client.call("tool.run", { sessionId, name: "run_shell", input: { command } });
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(`${url}/#token=${token}`);
  await page.getByRole("textbox", { name: "Message" }).waitFor();
  await page.evaluate(`location.hash = ${JSON.stringify(sessionId)}`);
  await shell("echo warm");
  await page.getByRole("log", { name: "Conversation" }).getByText("echo warm").waitFor();
  await page.evaluate(`(${watchPage.toString()})()`);
  await sleep(idleMs);
  const idle = await page.evaluate<Seen>("window.seen()");
  const hostMb = () => ownPssMb(cli.child.pid ?? 0);
  /** The most that the host holds meanwhile. */
  const flood = async (length: number): Promise<number> => {
    let mostMb = hostMb();
    const looking = setInterval(() => (mostMb = Math.max(mostMb, hostMb())), 50);
    const { result } = await shell(`yes 'a line of output that goes on' | head -c ${length}`);
    clearInterval(looking);
    if (result.outcome !== "done") throw new Error(result.text);
    return mostMb;
  };
  // Garbage is let grow for a while first, however much is printed.
  const less = await flood(bytes / 4);
  const most = await flood(bytes);
  const { frames } = await page.evaluate<Seen>("window.seen()");
  console.error(
    `idle page: ${lateShare(idle.frames).toFixed(1)} % late, worst ${Math.max(...idle.frames).toFixed(0)} ms; ` +
      `${frames.length} frames under the flood`,
  );
  const promise = "100 MB of output";
  report({
    ...{ name: "flood-memory", promise: `${promise}: memory of the host (PSS)`, unit: "MB more" },
    ...{ value: most - less, limit: 30, yardstick: "the same with 25 MB of output" },
  });
  report({
    ...{ name: "flood-frames", promise: `${promise}: the longest frame of the page`, unit: "ms" },
    ...{ value: Math.max(...frames), limit: 100, yardstick: "–" },
  });
  report({
    ...{ name: "flood-disk", promise: `${promise}: what is not on the disk`, unit: "bytes" },
    ...{ value: bytes - (await largestBelow(dataDir)), limit: 0, yardstick: "what it printed" },
  });
  client.close();
} finally {
  await browser.close();
  cli.child.kill("SIGTERM");
  await cli.ended;
  await rm(home, { recursive: true, force: true });
}

async function largestBelow(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((one) => one.isFile());
  const sizes = await Promise.all(
    files.map(async (one) => (await stat(join(one.parentPath, one.name))).size),
  );
  return Math.max(0, ...sizes);
}
