// How soon a phone shows what happens on the desktop, through the gateway and straight, and how many
// messages that takes: events (a message, its answer), then one long answer while it is written.
import type { Page } from "playwright-core";
import { uuidv7 } from "uuidv7";
import type { SessionEvent } from "../src/contract/events.ts";
import { MessageId, type SessionId } from "../src/contract/ids.ts";
import { startSupabase } from "../src/testing/supabase/start-supabase.ts";
import { linkedPage, openBrowser, type Wire } from "./companion-page.ts";
import { BenchHost, isUpToDate } from "./mirrored-host.ts";
import { quantile, report } from "./report.ts";
import { watchMarks, type SeenMarks } from "./seen-marks.ts";
import { openStreamingServer, type Reply } from "./streaming-server.ts";

const rounds = Number(process.env["BENCH_ROUNDS"] ?? 100);
const answerSeconds = 10;
const tokensPerSecond = 2_000;
const tokensPerMark = 50;

/** When the model's first piece of the long answer left. */
let answerAt = 0;
const pieces = Array.from({ length: answerSeconds * tokensPerSecond }, (_, index) =>
  index % tokensPerMark === 0 ? `mark-${index}-told ` : ["words ", "go ", "on.\n\n"][index % 3]!,
);
const model = await openStreamingServer((messages, tools): Reply => {
  if (tools === 0) return { pieces: ["Marks"] };
  const said = JSON.stringify(messages.at(-1)?.content);
  const mark = /mark-\d+/.exec(said)?.[0];
  if (mark) return { pieces: [`Done: ${mark}-done.`] };
  answerAt = Date.now();
  return { pieces, everyMs: 1_000 / tokensPerSecond };
});
/** When the host asked the gateway for something. */
const asked: number[] = [];
const supabase = await startSupabase({ onRequest: ({ url }) => fromHost(url.pathname) });
const host = new BenchHost(model.url);
const browser = await openBrowser();

/** The host alone pushes and takes commands. */
function fromHost(path: string): void {
  if (/mirror_(?:push|commands)$/.test(path)) asked.push(Date.now());
}

try {
  await host.start();
  await host.signIn(supabase);
  await host.mirrorIs(isUpToDate);
  for (const wire of ["mirror", "lan"] as const) await measure(wire);
} finally {
  await browser.close();
  await host.close();
  await supabase.close();
  await model.close();
}

async function measure(wire: Wire): Promise<void> {
  const title = `Marks by ${wire}`;
  const { sessionId } = await host.client.call("session.create", { title, workspace: null });
  const heard: number[] = [];
  const page = await linkedPage(browser, host, wire, async (fresh) => {
    await fresh.addInitScript(watchMarks);
    countHeard(fresh, heard);
  });
  await page.getByRole("button", { name: new RegExp(`^${title}`) }).tap();
  await page.getByRole("textbox", { name: "Message" }).waitFor();
  const way = wire === "mirror" ? "through the mirror" : "straight, on the same network";
  const events = await eventAges(page, sessionId);
  tell(`${wire}: events`, events);
  report({
    ...{ name: `mirror-live-${wire}`, unit: "ms", yardstick: "–" },
    promise: `an event of the desktop until a phone shows it, p95, ${way}`,
    ...{ value: quantile(events, 0.95), limit: 150 },
  });
  const texts = await answerAges(page, sessionId);
  tell(`${wire}: text`, texts);
  report({
    ...{ name: `mirror-text-${wire}`, unit: "ms", yardstick: "–" },
    promise: `text that is being written until a phone shows it, p95, ${way}`,
    // The mirror takes it along every 250 ms.
    ...{ value: quantile(texts, 0.95), limit: wire === "mirror" ? 400 : 150 },
  });
  if (wire === "mirror")
    tellMessages(heard, await page.evaluate(`window.seenMarks["mark-0-told"]`));
  await page.context().close();
}

/** `from`: when the phone showed the answer's beginning. Events come at once, before and after it. */
function tellMessages(heard: number[], from: number): void {
  const to = answerAt + answerSeconds * 1_000;
  const promise = `messages in any second while ${tokensPerSecond} tokens/s are written`;
  const each = { limit: 4, unit: "messages", yardstick: "–" };
  report({
    ...{ name: "mirror-messages-sent", promise: `${promise}: the host sends`, ...each },
    value: busiest(asked, from, to),
  });
  report({
    ...{ name: "mirror-messages-heard", promise: `${promise}: a phone hears`, ...each },
    value: busiest(heard, from, to),
  });
}

/** From the log's own time of each event to its picture. */
async function eventAges(page: Page, sessionId: SessionId): Promise<number[]> {
  for (let round = 0; round < rounds; round += 1) {
    await send(sessionId, `mark-${round}-sent`);
    await page.evaluate(`window.markSeen("mark-${round}-done")`);
  }
  const seen = await page.evaluate<SeenMarks>("window.seenMarks");
  const ages = (await logOf(sessionId)).flatMap((event) => {
    const isText = event.type === "message.sent" || event.type === "text.finished";
    const at = seen[isText ? (event.data.text.match(/mark-\d+-(?:sent|done)/)?.[0] ?? "") : ""];
    return at === undefined ? [] : [at - event.at];
  });
  if (ages.length !== rounds * 2) throw new Error(`Only ${ages.length} events were seen.`);
  return ages;
}

async function logOf(sessionId: SessionId): Promise<SessionEvent[]> {
  let { events, hasEarlier } = await host.client.call("session.open", { sessionId });
  while (hasEarlier) {
    const asking = { sessionId, before: events[0]?.seq ?? 1, limit: 300 };
    const page = await host.client.call("session.history", asking);
    events = [...page.events, ...events];
    ({ hasEarlier } = page);
  }
  return events;
}

/** From the moment the model's piece left to its picture. */
async function answerAges(page: Page, sessionId: SessionId): Promise<number[]> {
  await send(sessionId, "Write the whole report.");
  const last = Math.floor((pieces.length - 1) / tokensPerMark) * tokensPerMark;
  await page.evaluate(`window.markSeen("mark-${last}-told")`);
  const seen = await page.evaluate<SeenMarks>("window.seenMarks");
  const ages: number[] = [];
  for (let index = 0; index <= last; index += tokensPerMark) {
    const at = seen[`mark-${index}-told`];
    if (at !== undefined) ages.push(at - answerAt - (index / tokensPerSecond) * 1_000);
  }
  return ages;
}

async function send(sessionId: SessionId, text: string): Promise<void> {
  const message = { text, attachments: [], delivery: "auto" as const };
  const messageId = MessageId.parse(uuidv7());
  await host.client.call("session.send", { sessionId, messageId, ...message });
}

/** What comes to a page from the gateway: news on the live line, answers to what it asked. */
function countHeard(page: Page, heard: number[]): void {
  page.on("websocket", (line) =>
    line.on("framereceived", ({ payload }) => {
      if (String(payload).includes('"postgres_changes"')) heard.push(Date.now());
    }),
  );
  page.on("response", (response) => {
    if (response.url().startsWith(supabase.url)) heard.push(Date.now());
  });
}

/** The busiest second from one moment to another. */
function busiest(times: number[], from: number, to: number): number {
  const seconds = Array.from({ length: Math.floor((to - from) / 1_000) }, () => 0);
  for (const at of times) {
    const second = Math.floor((at - from) / 1_000);
    if (second in seconds) seconds[second]! += 1;
  }
  console.error(`messages in each second: ${seconds.join(", ")}`);
  return Math.max(...seconds);
}

function tell(what: string, ages: number[]): void {
  const [p50, p95, most] = [0.5, 0.95, 1].map((share) => quantile(ages, share).toFixed(0));
  console.error(`${what}: p50 ${p50}, p95 ${p95}, at most ${most} ms, of ${ages.length}`);
}
