// A host that is made to be killed: the real store, the real sessions and the real OpenAI adapter,
// and one tool whose effect can be counted (it appends a line). It talks over Node's IPC channel.
import { appendFileSync } from "node:fs";
import { uuidv7 } from "uuidv7";
import * as z from "zod";
import { defaultSettings } from "../../src/contract/settings.ts";
import type { Clock } from "../../src/core/ports.ts";
import { createEgress } from "../../src/host/egress/egress.ts";
import { createModels } from "../../src/host/models/models.ts";
import { createSessionCalls } from "../../src/host/sessions/session-calls.ts";
import { createSessions } from "../../src/host/sessions/sessions.ts";
import { openStore } from "../../src/host/store/store.ts";
import { defineTool } from "../../src/host/tools/define-tool.ts";
import type { Channel } from "../../src/rpc/channel.ts";
import { serveChannel, type Connection, type Handlers } from "../../src/rpc/server.ts";

const [dataDir = "", baseUrl = "", effectsFile = ""] = process.argv.slice(2);
const clock: Clock = {
  now: Date.now,
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

const appendLine = defineTool({
  name: "append_line",
  family: "crash",
  title: "Append a line",
  description: "Appends a line to the file of effects.",
  effect: "write_workspace",
  input: z.object({ line: z.string() }),
  plan: async ({ line }) => ({
    summary: `append ${line}`,
    effect: "write_workspace",
    paths: [effectsFile],
    hosts: [],
    sentence: "Append a line.",
    fields: [],
  }),
  // eslint-disable-next-line require-yield
  async *run({ line }) {
    await clock.sleep(2, new AbortController().signal);
    appendFileSync(effectsFile, `${line}\n`);
    await clock.sleep(2, new AbortController().signal);
    return { text: `appended ${line}`, labels: [] };
  },
});

const store = openStore({ dataDir, clock, log: console.error });
const egress = createEgress({ rules: () => defaultSettings, clock });
const models = createModels({
  fetch: egress.fetch("models", { allowPrivate: true }),
  keyFor: async () => ({ key: "k", baseUrl, source: "settings" }),
  settings: () => defaultSettings,
  env: {},
  clock,
});
const ids = { next: uuidv7 };
const sessions = createSessions(
  {
    store,
    clock,
    ids,
    models,
    tools: new Map([[appendLine.description.name, appendLine]]),
    attachments: { read: async () => ({ kind: "none", why: "" }) },
    platform: "Linux",
    random: Math.random,
    rules: () => ({
      grants: [],
      offline: false,
      budgets: defaultSettings.budgets,
      fallbacks: [],
      usdToday: 0,
      instructions: "",
    }),
    saveGrant: () => {},
    runEnded: () => {},
    onTrouble: (error) => console.error(error),
  },
  () => {},
);

const channel: Channel = {
  post: (message) => void process.send?.(message as object),
  onMessage: (listener) => void process.on("message", listener),
  onClose: (listener) => void process.on("disconnect", () => listener()),
  close: () => process.disconnect(),
};
const calls: Partial<Handlers> = {
  ...createSessionCalls(
    sessions,
    store,
    ids,
    () => defaultSettings,
    () => {},
    { preview: async () => [], takeBack: () => Promise.reject(new Error("there are no files")) },
  ),
  "system.hello": () => ({
    contractVersion: 1,
    version: "0",
    platform: "Linux",
    home: "/",
    notices: [],
  }),
};
const connection: Connection = serveChannel(channel, calls as Handlers, console.error);
void connection;
sessions.resumeAll();
process.on("disconnect", () => process.exit(0));
process.send?.({ type: "up" });
