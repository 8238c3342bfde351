// The companion as Lighthouse judges it on a phone: the sessions of a linked device, from the host itself.
// Lower is better in a report, so it tells what is missing of 100.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import lighthouse from "lighthouse";
import { chromium } from "playwright-core";
import { findChromium, quietChromiumArgs } from "../scripts/chromium.ts";
import { connectSocket } from "../src/cli/connect-socket.ts";
import { spawnCli } from "../src/testing/spawned-cli.ts";
import { quantile, report } from "./report.ts";

const rounds = 3;
const categories = ["performance", "accessibility", "best-practices"] as const;

const home = await mkdtemp(join(tmpdir(), "aetheria-lighthouse-"));
const cli = spawnCli(["serve", "--json", "--port", "0", "--data", join(home, "data")], { home });
await cli.said('"ready"');
const ready = cli.lines().find((line) => line["type"] === "ready");
const [url, token] = [String(ready?.["url"]), String(ready?.["token"])];
const client = await connectSocket(url, token);
await client.call("session.create", { title: "Quarterly report" });
client.close();
const executablePath = findChromium();
if (!executablePath) throw new Error("No Chromium found: install one or set CHROMIUM_PATH.");
const context = await chromium.launchPersistentContext(join(home, "profile"), {
  executablePath,
  args: [...quietChromiumArgs, "--remote-debugging-port=0"],
});

/** Where this browser is spoken to. */
async function portOf(): Promise<number> {
  const told = await readFile(join(home, "profile", "DevToolsActivePort"), "utf8");
  return Number(told.split("\n")[0]);
}

async function judge(port: number): Promise<Record<string, number>> {
  const judged = await lighthouse(`${url}/companion/`, {
    ...{ port, output: "json", logLevel: "error" },
    ...{ onlyCategories: [...categories], disableStorageReset: true },
  });
  const found = judged?.lhr.categories ?? {};
  return Object.fromEntries(categories.map((id) => [id, 100 * (found[id]?.score ?? 0)]));
}

try {
  // Linked before it is judged: what people see every day, and not the first run.
  const page = await context.newPage();
  await page.goto(`${url}/companion/#token=${token}`);
  await page.getByText("Quarterly report").first().waitFor();
  await page.evaluate("navigator.serviceWorker.ready.then(() => undefined)");
  await page.close();
  const port = await portOf();
  const all: Record<string, number>[] = [];
  for (let round = 0; round < rounds; round++) all.push(await judge(port));
  for (const id of categories)
    report({
      name: `companion-lighthouse-${id}`,
      promise: `the companion's ${id}, by Lighthouse on a phone: missing of 100`,
      value:
        100 -
        quantile(
          all.map((one) => one[id] ?? 0),
          0.5,
        ),
      limit: 5,
      unit: "points",
      yardstick: "Lighthouse's mobile preset, median of three",
    });
} finally {
  await context.close();
  cli.child.kill("SIGKILL");
  await cli.ended;
  await rm(home, { recursive: true, force: true, maxRetries: 10 });
}
