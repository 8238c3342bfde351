// How soon `serve` answers and how much memory its host keeps while idle, against a bare Node with a
// socket.io server, both as whole processes, interleaved.
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { quantile, report } from "./report.ts";

const rounds = 15;
const bare = join(import.meta.dirname, "bare-server.js");
const cli = join(import.meta.dirname, "..", "out", "cli.js");
if (!existsSync(cli)) throw new Error("Build first: npm run build");

type Started = { child: ChildProcess; readyMs: number; url: string };

/** From the start of the process to its first answered request. */
async function start(args: string[]): Promise<Started> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const url = await new Promise<string>((resolve, reject) => {
    let text = "";
    child.stdout.on("data", (piece: Buffer) => {
      text += piece.toString();
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(text);
      if (found) resolve(found[0]);
    });
    child.once("exit", (code) => reject(new Error(`ended with ${code}`)));
  });
  const answer = await fetch(`${url}/health`);
  await answer.text();
  return { child, readyMs: performance.now() - startedAt, url };
}

async function end({ child }: Started): Promise<void> {
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await gone;
}

const folder = mkdtempSync(join(tmpdir(), "aetheria-serve-bench-"));
const serveArgs = [cli, "serve", "--data", folder, "--port", "0", "--json"];
for (const args of [[bare], serveArgs, serveArgs]) await end(await start(args));

const bareMs: number[] = [];
const serveMs: number[] = [];
for (let round = 0; round < rounds; round++) {
  const one = await start([bare]);
  bareMs.push(one.readyMs);
  await end(one);
  const other = await start(serveArgs);
  serveMs.push(other.readyMs);
  await end(other);
}
report({
  name: "serve-ready",
  promise: "serve ready to answer",
  value: quantile(serveMs, 0.5) / quantile(bareMs, 0.5),
  limit: 2,
  unit: "×",
  yardstick: "bare Node + socket.io server",
});

const idle = await Promise.all([start([bare]), start(serveArgs)]);
// The background check of the store and the loading of what is needed later are part of it.
await new Promise((resolve) => setTimeout(resolve, 5_000));
const [bareMb = 0, serveMb = 0] = idle.map(({ child }) => pssMb(child.pid ?? 0));
report({
  name: "serve-idle",
  promise: "idle memory of the host (PSS)",
  value: serveMb - bareMb,
  limit: 70,
  unit: "MB more",
  yardstick: "bare Node + socket.io server",
});
await Promise.all(idle.map(end));
rmSync(folder, { recursive: true, force: true });

/** Proportional set size: shared pages are counted once over all who share them. */
function pssMb(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? NaN) / 1024;
}
