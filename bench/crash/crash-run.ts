// Kills a host at a random moment of a run, as often as asked, and checks what the store still has:
// every acknowledged event, the streamed text but for a quarter second, and no effect twice.
import { fork, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { uuidv7 } from "uuidv7";
import type { SessionEvent } from "../../src/contract/events.ts";
import type { MessageId, SessionId } from "../../src/contract/ids.ts";
import type { Channel } from "../../src/rpc/channel.ts";
import { createClient, type Client } from "../../src/rpc/client.ts";
import { seeded } from "../seeded.ts";
import { openStreamingServer, type ChatMessage, type Reply } from "../streaming-server.ts";

export type CrashReport = {
  kills: number;
  /** Acknowledged events that were not in the store after the kill. */
  lostEvents: number;
  /** The most streamed text lost, in milliseconds of stream. */
  lostTextMs: number;
  /** Effects found more often than once. */
  doubledEffects: number;
  /** Runs that did not come to their end after the restarts. */
  unfinishedRuns: number;
};

type Child = { process: ChildProcess; client: Client; gone: Promise<void> };
type Seen = { events: Map<number, string>; deltas: { at: number; key: string; end: number }[] };

const rounds = 4;
const words = Array.from({ length: 60 }, (_, index) => `word${index} `);

/** The conversation: four turns that each say something and append a line, then an answer. */
function reply(messages: ChatMessage[]): Reply {
  const done = messages.filter((message) => message.role === "tool").length;
  if (done >= rounds) return { pieces: [...words, "the end."], everyMs: 2 };
  const calls = [{ name: "append_line", input: { line: `line ${done}` } }];
  return { pieces: words.slice(0, 30), everyMs: 2, calls };
}

export async function crashRuns(kills: number, seed: number): Promise<CrashReport> {
  const report = { kills: 0, lostEvents: 0, lostTextMs: 0, doubledEffects: 0, unfinishedRuns: 0 };
  const random = seeded(seed);
  const server = await openStreamingServer(reply);
  try {
    while (report.kills < kills) await crashOneRun(server.url, random, kills, report);
  } finally {
    await server.close();
  }
  return report;
}

/** One run, killed up to three times, then let come to its end. */
async function crashOneRun(
  url: string,
  random: () => number,
  kills: number,
  report: CrashReport,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "aetheria-crash-"));
  const effects = join(folder, "effects.txt");
  const start = () => startChild(folder, url, effects);
  let child = await start();
  try {
    const { sessionId } = await child.client.call("session.create", {
      mode: "autonomous",
      model: { provider: "openai", name: "bench" },
      workspace: folder,
    });
    for (let crash = 0; crash < 2 && report.kills < kills; crash++) {
      const seen = await watch(child, sessionId);
      if (crash === 0) await send(child, sessionId);
      await sleep(20 + random() * 700);
      child.process.kill("SIGKILL");
      const killedAt = performance.now();
      await child.gone;
      report.kills += 1;
      child = await start();
      await compare(child, sessionId, seen, killedAt, report);
    }
    if (!(await comesToEnd(child, sessionId, effects))) report.unfinishedRuns += 1;
    report.doubledEffects += doubled(effects);
  } finally {
    child.process.kill("SIGKILL");
    await child.gone;
    rmSync(folder, { recursive: true, force: true });
  }
}

async function startChild(folder: string, url: string, effects: string): Promise<Child> {
  const script = join(import.meta.dirname, "crash-host.ts");
  const child = fork(script, [folder, url, effects], { serialization: "advanced" });
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.once("message", () => resolve());
    child.once("exit", (code) => reject(new Error(`the host ended with ${code}`)));
  });
  const channel: Channel = {
    post: (message) => void (child.connected && child.send(message as object)),
    onMessage: (listener) => void child.on("message", listener),
    onClose: (listener) => void child.once("exit", () => listener()),
    close: () => child.disconnect(),
  };
  return { process: child, client: createClient(channel), gone };
}

/** Notes what this client is told: to be told is to be acknowledged. */
async function watch({ client }: Child, sessionId: SessionId): Promise<Seen> {
  const seen: Seen = { events: new Map(), deltas: [] };
  const note = (event: SessionEvent) => seen.events.set(event.seq, JSON.stringify(event));
  client.onPush((push) => {
    if (push.type !== "session.frame") return;
    for (const event of push.events) note(event);
    for (const event of push.live)
      if (event.type === "text.delta") {
        const key = `${event.runId} ${event.turn}`;
        const end = event.offset + event.text.length;
        seen.deltas.push({ at: performance.now(), key, end });
      }
  });
  const { events } = await client.call("session.open", { sessionId });
  for (const event of events) note(event);
  return seen;
}

async function send({ client }: Child, sessionId: SessionId): Promise<void> {
  const messageId = uuidv7() as MessageId;
  const message = { text: "Go through all rounds.", attachments: [], delivery: "auto" as const };
  await client.call("session.send", { sessionId, messageId, ...message });
}

async function compare(
  { client }: Child,
  sessionId: SessionId,
  seen: Seen,
  killedAt: number,
  report: CrashReport,
): Promise<void> {
  const { events } = await client.call("session.open", { sessionId });
  const kept = new Map(events.map((event) => [event.seq, JSON.stringify(event)]));
  for (const [seq, event] of seen.events) if (kept.get(seq) !== event) report.lostEvents += 1;
  const lengths = new Map<string, number>();
  for (const event of events)
    if (event.type === "text.finished")
      lengths.set(`${event.data.runId} ${event.data.turn}`, event.data.text.length);
  const lost = seen.deltas.find(({ key, end }) => end > (lengths.get(key) ?? 0));
  if (lost) report.lostTextMs = Math.max(report.lostTextMs, killedAt - lost.at);
}

/** Answers what recovery asks, truthfully, until the run is over. */
async function comesToEnd(child: Child, sessionId: SessionId, effects: string): Promise<boolean> {
  const { client } = child;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const answered = new Set<string>();
  const look = (event: SessionEvent) => {
    if (event.type === "run.finished") resolve(event.data.outcome === "done");
    if (event.type !== "approval.requested") return;
    const { approvalId, view } = event.data.approval;
    if (answered.has(approvalId)) return;
    answered.add(approvalId);
    const line = /line \d+/.exec(JSON.stringify(view.fields))?.[0] ?? "";
    const answer = linesOf(effects).includes(line) ? ("done" as const) : ("again" as const);
    const call = { sessionId, approvalId, answer, scope: "once" as const };
    // A question that an earlier host asked and that was answered then is refused: nothing to do.
    client.call("approval.answer", call).catch(() => undefined);
  };
  client.onPush((push) => {
    if (push.type === "session.frame") push.events.forEach(look);
  });
  const { events } = await client.call("session.open", { sessionId });
  events.forEach(look);
  const giveUp = setTimeout(() => resolve(false), 20_000);
  const ended = await promise;
  clearTimeout(giveUp);
  return ended && linesOf(effects).length === rounds;
}

const linesOf = (file: string): string[] =>
  existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];

function doubled(file: string): number {
  const lines = linesOf(file);
  return lines.length - new Set(lines).size;
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
