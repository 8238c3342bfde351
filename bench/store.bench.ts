// The store's promises with 10,000 sessions and 1,000,000 messages: opening a session, any search,
// and appending against a bare better-sqlite3 insert of the same row under the same pragmas.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import type { NewEvent } from "../src/contract/events.ts";
import { quantile, report } from "./report.ts";
import { fill, message, random, sessionId, vocabulary } from "./filled-store.ts";
import { openStore } from "../src/host/store/store.ts";

const sessionCount = Number(process.env["BENCH_SESSIONS"] ?? 10_000);
const folder = mkdtempSync(join(tmpdir(), "aetheria-store-bench-"));
const store = openStore({ dataDir: folder, clock: { now: Date.now }, log: console.error });
try {
  const filling = performance.now();
  fill(store, sessionCount);
  console.error(`filled in ${((performance.now() - filling) / 1000).toFixed(0)} s`);
  measureOpen();
  measureSearch();
  measureAppend();
} finally {
  store.close();
  rmSync(folder, { recursive: true });
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

function time(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function repeat(times: number, work: () => void): number[] {
  return Array.from({ length: times }, () => time(work));
}
