// The check of a large database, in a thread of its own.
import { parentPort, workerData } from "node:worker_threads";
import * as z from "zod/mini";
import { quickCheck } from "./quick-check.ts";

const { path } = z.object({ path: z.string() }).parse(workerData);
parentPort?.postMessage(quickCheck(path));
