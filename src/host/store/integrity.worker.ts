// Reads the whole database in a thread of its own, on a connection of its own, and tells the first
// things that are wrong with it: an empty list when it is sound.
import { parentPort, workerData } from "node:worker_threads";
import Database from "better-sqlite3";
import * as z from "zod/mini";

const { path } = z.object({ path: z.string() }).parse(workerData);
const Answer = z.array(z.object({ quick_check: z.string() }));

function check(): string[] {
  const db = new Database(path, { readonly: true, timeout: 5_000 });
  try {
    db.pragma("cache_size = -2048");
    const lines = Answer.parse(db.pragma("quick_check(5)")).map((row) => row.quick_check);
    return lines.filter((line) => line !== "ok");
  } finally {
    db.close();
  }
}

parentPort?.postMessage(check());
