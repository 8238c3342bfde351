// The store's promises with 10,000 sessions and 1,000,000 messages: opening a session, any search,
// and appending against a bare better-sqlite3 insert of the same row under the same pragmas.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import type { NewEvent } from "../src/contract/events.ts";
import { MessageId, RunId, SessionId } from "../src/contract/ids.ts";
import type { Store } from "../src/core/ports.ts";
import { quantile, report } from "./report.ts";
import { seeded } from "./seeded.ts";
import { openStore } from "../src/host/store/store.ts";

const sessionCount = Number(process.env["BENCH_SESSIONS"] ?? 10_000);
const messagesPerSession = 100;
const roundSize = 10;

const random = seeded(7);
let idTime = 0x19000000000;
const vocabulary = makeVocabulary(40_000);
const folder = mkdtempSync(join(tmpdir(), "aetheria-store-bench-"));
const store = openStore({ dataDir: folder, clock: { now: Date.now }, log: console.error });
try {
  const filling = performance.now();
  fill(store);
  console.error(`filled in ${((performance.now() - filling) / 1000).toFixed(0)} s`);
  measureOpen();
  measureSearch();
  measureAppend();
} finally {
  store.close();
  rmSync(folder, { recursive: true });
}

function fill(target: Store): void {
  for (let round = 0; round < messagesPerSession / roundSize; round += 1)
    for (let session = 0; session < sessionCount; session += 1) {
      const events = Array.from({ length: roundSize }, (_, index) => message(index % 2 === 0));
      if (round === 0) events.unshift(created());
      target.append(sessionId(session), events, "normal");
    }
}

function measureOpen(): void {
  const times = repeat(400, () => {
    const id = sessionId(Math.floor(random() * sessionCount));
    store.session(id);
    store.tail(id, 200);
  });
  report({
    name: "store-open",
    promise: "10,000 sessions, 1,000,000 messages: open a session, p95",
    value: quantile(times, 0.95),
    limit: 20,
    unit: "ms",
    yardstick: "–",
  });
}

function measureSearch(): void {
  const common = vocabulary.slice(0, 40);
  const rare = vocabulary.slice(-2_000);
  const any = (words: string[]) => words[Math.floor(random() * words.length)] ?? "";
  const letter = () => "etaoinsrhldcumfpgwybvkxjqz"[Math.floor(random() * 26)] ?? "e";
  const kinds: Record<string, () => string> = {
    commonest: () => vocabulary[0] ?? "",
    "two common": () => `${any(common)} ${any(common)} `,
    "five common": () => Array.from({ length: 5 }, () => any(common)).join(" "),
    rare: () => `${any(rare)} `,
    "rare and common": () => `${any(rare)} ${any(common)} `,
    "two rare": () => `${any(rare)} ${any(rare)} `,
    phrase: () => `"${any(common)} ${any(common)}"`,
    "rare phrase": () => `"${any(common)} ${any(rare)}"`,
    "one letter": letter,
    "two letters": () => letter() + letter(),
    "three letters": () => any(vocabulary).slice(0, 3),
    "letter and letter": () => `${letter()} ${letter()}`,
    garbage: () =>
      ['"*', "AND (", "NEAR(", "^:-+", "'; --", "{text}: *"][Math.floor(random() * 6)] ?? "",
    emoji: () => "😀",
    chinese: () => "世界",
    nothing: () => "zzzzzzzzzzz ",
  };
  const all: number[] = [];
  for (const [kind, query] of Object.entries(kinds)) {
    let incomplete = 0;
    const times = repeat(40, () => {
      if (!store.search(query(), { limit: 50 }).complete) incomplete += 1;
    });
    all.push(...times);
    const worst = Math.max(...times).toFixed(1);
    const p95 = quantile(times, 0.95).toFixed(1);
    console.error(`search ${kind}: p95 ${p95} ms, worst ${worst} ms, incomplete ${incomplete}/40`);
  }
  const inSession = repeat(40, () => {
    const id = sessionId(Math.floor(random() * sessionCount));
    store.search(any(common), { sessionId: id, limit: 50 });
  });
  console.error(`search in a session: p95 ${quantile(inSession, 0.95).toFixed(1)} ms`);
  all.push(...inSession);
  report({
    name: "store-search",
    promise: "the same store: any search, p95",
    value: quantile(all, 0.95),
    limit: 50,
    unit: "ms",
    yardstick: "–",
  });
}

function measureAppend(): void {
  const rounds = 15;
  const count = 2_048;
  const raw = openRaw();
  let [rawTotal, ownTotal] = [0, 0];
  for (let round = 0; round < rounds; round += 1) {
    const events = Array.from({ length: count }, () => message(true));
    const rawMs = time(() => {
      for (const event of events) raw(event);
    });
    const sessions = Array.from({ length: 8 }, () =>
      sessionId(Math.floor(random() * sessionCount)),
    );
    const ownMs = time(() => {
      for (const [index, event] of events.entries())
        store.append(sessions[index % sessions.length] ?? sessionId(0), [event], "normal");
      store.sessions({ archived: false, limit: 1 });
    });
    rawTotal += rawMs;
    ownTotal += ownMs;
    console.error(
      `append: raw ${((rawMs * 1000) / count).toFixed(1)} µs, store ${((ownMs * 1000) / count).toFixed(1)} µs`,
    );
  }
  const yardstick = "better-sqlite3 insert of the same row";
  report({
    name: "store-append",
    promise: "the same store: append a message, all that follows from it included",
    value: ownTotal / rawTotal,
    limit: 2.5,
    unit: "×",
    yardstick,
  });
}

function openRaw(): (event: NewEvent) => void {
  const db = new Database(join(folder, "raw.db"));
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = NORMAL");
  db.pragma("wal_autocheckpoint = 4000");
  db.pragma("temp_store = MEMORY");
  db.pragma("cache_size = -4096");
  db.exec(
    "CREATE TABLE rows (id INTEGER PRIMARY KEY, session TEXT, seq INTEGER, at INTEGER, type TEXT, data TEXT)",
  );
  const insert = db.prepare(
    "INSERT INTO rows (session, seq, at, type, data) VALUES (?, ?, ?, ?, ?)",
  );
  const session = sessionId(1);
  let seq = 0;
  return (event) =>
    void insert.run(session, ++seq, Date.now(), event.type, JSON.stringify(event.data));
}

function created(): NewEvent {
  const title = words(4);
  return {
    type: "session.created",
    data: { title, workspace: null, model: null, mode: "balanced" },
  };
}

function message(person: boolean): NewEvent {
  const text = words(10 + Math.floor(random() * 40));
  const messageId = MessageId.parse(uuid());
  if (person)
    return { type: "message.sent", data: { messageId, text, attachments: [], delivery: "auto" } };
  return {
    type: "text.finished",
    data: { runId: RunId.parse("run"), turn: 1, text, partial: false },
  };
}

/** Ids grow with time, as UUIDv7 do. */
function uuid(): string {
  idTime += 1;
  const time = idTime.toString(16).padStart(12, "0");
  const hex = () =>
    Math.floor(random() * 2 ** 16)
      .toString(16)
      .padStart(4, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex().slice(1)}-8${hex().slice(1)}-${hex()}${hex()}${hex()}`;
}

function sessionId(index: number): SessionId {
  return SessionId.parse(`01900000-0000-7000-8000-${String(index).padStart(12, "0")}`);
}

/** Words as often as in real text: the n-th commonest about 1/n as often as the first. */
function words(count: number): string {
  const pick = () => vocabulary[Math.floor(vocabulary.length ** random()) - 1] ?? "";
  return Array.from({ length: count }, pick).join(" ");
}

function makeVocabulary(size: number): string[] {
  const letters = "eeeeetttaaaooiinnsshhrrddlcumwfgypbvkjxqz";
  const made = new Set<string>();
  while (made.size < size) {
    const length = 2 + Math.floor(Math.log2(made.size + 2) / 2.2 + random() * 4);
    let word = "";
    while (word.length < length) word += letters[Math.floor(random() * letters.length)] ?? "e";
    made.add(word);
  }
  return [...made];
}

function time(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function repeat(times: number, work: () => void): number[] {
  return Array.from({ length: times }, () => time(work));
}
