// A program that holds a sandbox in which something spins, until it is killed:
// node killed-host.fixture.ts DATA-FOLDER WORKSPACE
import { existsSync } from "node:fs";
import { join } from "node:path";
import { uuidv7 } from "uuidv7";
import type { SessionId } from "../../../contract/ids.ts";
import { createDockerWall } from "./docker-wall.ts";

const [dataDir = "", workspace = ""] = process.argv.slice(2);
const wall = createDockerWall({
  dataDir,
  env: process.env,
  platform: process.platform,
  clock: { now: Date.now },
  network: { serve: (connection) => connection.destroy() },
  log: console.error,
  watcher: { onBuild: () => undefined },
  nextAfter: async () => workspace,
  pool: { refillAfterMs: 3_600_000 },
});
const waiter = { signal: new AbortController().signal, onProgress: () => undefined };
const sandbox = await wall.open(uuidv7() as SessionId, workspace, waiter);
await sandbox.start("trap '' TERM INT HUP; touch spinning; while :; do :; done", {});
while (!existsSync(join(workspace, "spinning")))
  await new Promise((resolve) => setTimeout(resolve, 10));
console.log("spinning");
