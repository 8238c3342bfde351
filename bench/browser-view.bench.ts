// The live view of a page that moves all the time, as one viewer over the real wire has it while another
// program keeps one core busy: how often a picture comes, how old it is, and what it costs the host.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connectSocket } from "../src/cli/connect-socket.ts";
import { spawnCli } from "../src/testing/spawned-cli.ts";
import { quantile, report } from "./report.ts";

const warmUpMs = 2_000;
const watchedMs = 10_000;
const size = { maxWidth: 1280, maxHeight: 800 };

/** Stripes that go by and a text that grows: something moves in each part of every frame. */
const moving = `<!doctype html><title>Moving</title><style>
body { margin: 0; height: 800px; background: repeating-linear-gradient(90deg, #5b86ff 0 40px, #ffd93d 40px 80px) }
p { font: 40px sans-serif; margin: 40px }</style><p></p><script>
const draw = (now) => {
  document.body.style.backgroundPositionX = (now / 5) % 80 + "px";
  document.querySelector("p").textContent = "Words that move ".repeat(1 + Math.floor(now / 200) % 30);
  requestAnimationFrame(draw);
};
requestAnimationFrame(draw);</script>`;

const site = createServer((_asked, answer) => {
  answer.setHeader("content-type", "text/html").end(moving);
});
await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
const host = `127.0.0.1:${(site.address() as AddressInfo).port}`;
const home = await mkdtemp(join(tmpdir(), "aetheria-view-bench-"));
const cli = spawnCli(["serve", "--json", "--port", "0", "--data", join(home, "data")], { home });
const busy = spawn(process.execPath, ["-e", "for (;;);"]);

/** Processor time of the host so far, its children not among it; Linux counts in hundredths. */
function hostCpuMs(): number {
  const fields = readFileSync(`/proc/${cli.child.pid}/stat`, "utf8").split(") ")[1]?.split(" ");
  return (Number(fields?.[11]) + Number(fields?.[12])) * 10;
}

try {
  await cli.said('"ready"');
  const ready = cli.lines().find(({ type }) => type === "ready");
  const client = await connectSocket(String(ready?.["url"]), String(ready?.["token"]));
  await client.call("settings.set", { allowedPrivateHosts: [host] });
  const { sessionId } = await client.call("session.create", {});
  const input = { url: `http://${host}/` };
  const { error } = await client.call("tool.run", { sessionId, name: "browser_open", input });
  if (error) throw new Error(error.message);

  let agesMs: number[] = [];
  client.onPush((push) => {
    if (push.type !== "browser.frame") return;
    agesMs.push(Date.now() - push.at);
    void client.call("browser.drawn", { viewId: push.viewId, frames: 1 });
  });
  const idleFromMs = hostCpuMs();
  await sleep(warmUpMs);
  const idlePercent = ((hostCpuMs() - idleFromMs) / warmUpMs) * 100;
  const { viewId } = await client.call("browser.watch", { sessionId, ...size });
  await sleep(warmUpMs);
  agesMs = [];
  const fromMs = hostCpuMs();
  await sleep(watchedMs);
  const cpuPercent = ((hostCpuMs() - fromMs) / watchedMs) * 100;
  const seen = agesMs;
  await client.call("browser.unwatch", { viewId });
  console.error(
    `${seen.length} pictures; the host before anybody watched: ${idlePercent.toFixed(1)} % of a core`,
  );
  const view = "live view at 1280×800, one core busy";
  report({
    ...{ name: "browser-view-frames", promise: `${view}: between two pictures`, yardstick: "–" },
    ...{ value: watchedMs / seen.length, limit: 100, unit: "ms" },
  });
  report({
    ...{ name: "browser-view-cpu", promise: `${view}: the host`, yardstick: "one core" },
    ...{ value: cpuPercent, limit: 15, unit: "%" },
  });
  report({
    ...{ name: "browser-view-age", promise: `${view}: age of a picture on arrival, p95` },
    ...{ value: quantile(seen, 0.95), limit: 150, unit: "ms", yardstick: "–" },
  });
  await client.call("browser.close", { sessionId });
  client.close();
} finally {
  busy.kill("SIGKILL");
  cli.child.kill("SIGTERM");
  await cli.ended;
  site.closeAllConnections();
  site.close();
  await rm(home, { recursive: true, force: true, maxRetries: 10 });
}
