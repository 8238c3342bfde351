// Turns one page into Markdown away from the host's own thread.
import { parentPort, workerData } from "node:worker_threads";
import * as z from "zod";
import { pageMarkdown } from "./page-markdown.ts";

const { html, url } = z.object({ html: z.string(), url: z.string() }).parse(workerData);
parentPort?.postMessage(await pageMarkdown(html, url));
