// Catch-up, as a property: whatever is lost and whenever, the listener ends with the log as it is.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Push, SessionSnapshot } from "../contract/calls.ts";
import { AetheriaError, type ErrorData } from "../contract/errors.ts";
import type { LiveEvent, SessionEvent } from "../contract/events.ts";
import type { CallId, RunId, SessionId } from "../contract/ids.ts";
import { loudHandlers } from "../testing/loud-handlers.ts";
import type { Channel } from "./channel.ts";
import { createLinkedPair } from "./linked-pair.ts";
import { createReconnectingClient } from "./reconnecting-client.ts";
import { serveChannel, type Connection } from "./server.ts";
import type { SessionFeedListener } from "./session-feed.ts";

const sessionId = "s1" as SessionId;
const otherId = "s2" as SessionId;
const runId = "r1" as RunId;

/** What a host does for one session: a log, open texts, and frames for those who watch. */
function createSource(tailLength: number) {
  const log: SessionEvent[] = [];
  const openTexts = new Map<string, { kind: "text" | "reasoning"; turn: number; text: string }>();
  const outputs = new Map<CallId, string>();
  const watchers = new Set<Connection>();
  let turn = 0;
  let calls = 0;
  let pending: { events: SessionEvent[]; live: LiveEvent[] } = { events: [], live: [] };

  const append = (event: Pick<SessionEvent, "type" | "data">) => {
    const whole = { ...event, seq: log.length + 1, at: 0 } as SessionEvent;
    log.push(whole);
    pending.events.push(whole);
  };
  const flush = (push: (push: Push) => void) => {
    if (pending.events.length + pending.live.length > 0)
      push({ type: "session.frame", sessionId, ...pending });
    pending = { events: [], live: [] };
  };
  const finishText = () => {
    for (const { kind, turn: mine, text } of openTexts.values())
      append(
        kind === "text"
          ? { type: "text.finished", data: { runId, turn: mine, text, partial: false } }
          : { type: "reasoning.finished", data: { runId, turn: mine, text, ms: 1 } },
      );
    openTexts.clear();
    turn++;
  };
  const snapshot = (from: number | undefined): SessionSnapshot => {
    const continues = from !== undefined && from <= log.length && log.length - from <= tailLength;
    const events = continues ? log.slice(from) : log.slice(-tailLength);
    return {
      summary: summaryAt(log.length),
      events,
      continues,
      hasEarlier: !continues && log.length > tailLength,
      openTexts: [...openTexts.values()].map((open) => ({ ...open, runId })),
      openOutputs: [...outputs].map(([callId, text]) => ({ callId, offset: 0, text })),
    };
  };
  return {
    log,
    openTexts,
    outputs,
    watchers,
    snapshot,
    rename: () =>
      append({ type: "session.renamed", data: { title: `t${log.length}`, by: "agent" } }),
    delta(kind: "text" | "reasoning", text: string) {
      const open = openTexts.get(kind) ?? { kind, turn, text: "" };
      pending.live.push({ type: `${kind}.delta`, runId, turn, offset: open.text.length, text });
      openTexts.set(kind, { ...open, text: open.text + text });
    },
    finishText,
    output(text: string) {
      const callId = [...outputs.keys()][0] ?? (`c${++calls}` as CallId);
      const known = outputs.get(callId) ?? "";
      pending.live.push({ type: "tool.output", callId, offset: known.length, text });
      outputs.set(callId, known + text);
    },
    finishTool() {
      for (const callId of outputs.keys())
        append({
          type: "tool.finished",
          data: { callId, outcome: "done", text: "", files: [], labels: [], ms: 1 },
        });
      outputs.clear();
    },
    frame: () => flush((push) => watchers.forEach((watcher) => watcher.push(push))),
  };
}

const summaryAt = (seq: number): SessionSnapshot["summary"] => ({
  sessionId,
  title: "",
  createdAt: 0,
  updatedAt: 0,
  archived: false,
  seq,
  messages: 0,
  model: null,
  mode: "ask",
  workspace: null,
  phase: "idle",
  pendingApprovals: 0,
  usage: { inputTokens: 0, outputTokens: 0, cachedTokens: 0, costUsd: 0 },
});

/** Folds like the screen does: events by seq, open texts by appending what is told as new. */
function createScreen() {
  const events = new Map<number, SessionEvent>();
  const texts = new Map<string, string>();
  const faults: string[] = [];
  const failures: ErrorData[] = [];
  let last = 0;
  const take = (event: SessionEvent) => {
    if (events.has(event.seq)) faults.push(`event ${event.seq} twice`);
    events.set(event.seq, event);
    if (event.type === "text.finished") texts.delete(`text ${event.data.turn}`);
    if (event.type === "reasoning.finished") texts.delete(`reasoning ${event.data.turn}`);
    if (event.type === "tool.finished") texts.delete(event.data.callId);
  };
  const listener: SessionFeedListener = {
    reset(snapshot) {
      events.clear();
      texts.clear();
      snapshot.events.forEach(take);
      for (const open of snapshot.openTexts) texts.set(`${open.kind} ${open.turn}`, open.text);
      for (const open of snapshot.openOutputs) texts.set(open.callId, open.text);
      last = snapshot.summary.seq;
    },
    events(more) {
      for (const event of more) {
        if (event.seq !== last + 1) faults.push(`event ${event.seq} after ${last}`);
        last = event.seq;
        take(event);
      }
    },
    live(more) {
      for (const event of more) {
        if (event.type === "run.status") continue;
        const key =
          event.type === "tool.output"
            ? event.callId
            : `${event.type === "text.delta" ? "text" : "reasoning"} ${event.turn}`;
        const known = texts.get(key) ?? "";
        if (event.offset !== known.length) faults.push(`${key}: ${event.offset} ≠ ${known.length}`);
        texts.set(key, known + event.text);
      }
    },
    failed: (error) => failures.push(error),
  };
  return { events, texts, faults, failures, listener };
}

/** Lets everything that is on its way arrive: the linked pair only uses microtasks. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

type Step =
  | { do: "rename" | "finishText" | "output" | "finishTool" | "frame" | "drop" | "rewatch" }
  | { do: "delta"; kind: "text" | "reasoning"; text: string }
  | { do: "ticks"; count: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Step>({ do: "frame" }) },
  { weight: 2, arbitrary: fc.constant<Step>({ do: "rename" }) },
  { weight: 1, arbitrary: fc.constantFrom<Step>({ do: "finishText" }, { do: "finishTool" }) },
  { weight: 1, arbitrary: fc.constantFrom<Step>({ do: "drop" }, { do: "rewatch" }) },
  { weight: 2, arbitrary: fc.constant<Step>({ do: "output" }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("delta" as const),
      kind: fc.constantFrom("text" as const, "reasoning" as const),
      text: fc.string({ minLength: 1, maxLength: 5 }),
    }),
  },
  // How many microtasks pass: what is in flight is cut at any point of its way.
  { weight: 3, arbitrary: fc.record({ do: fc.constant("ticks" as const), count: fc.nat(12) }) },
);

/** A client over channels that a test can cut; each cut loses what is on its way. */
function createWorld(tailLength: number, isAnswerLate: boolean) {
  const source = createSource(tailLength);
  let cut = () => {};
  const connect = (): Promise<Channel> => {
    const [near, far] = createLinkedPair();
    const connection = serveChannel(far, handlers, (error) => {
      throw error;
    });
    connection.onClose(() => source.watchers.delete(connection));
    cut = () => {
      near.close();
      far.close();
    };
    return Promise.resolve(near);
  };
  const handlers = loudHandlers({
    "session.open": async ({ from }, connection) => {
      source.frame();
      const snapshot = source.snapshot(from);
      source.watchers.add(connection);
      // Frames overtake this answer.
      if (isAnswerLate) for (let ticks = 0; ticks < 10; ticks++) await null;
      return snapshot;
    },
    "session.close": (_input, connection) => {
      source.watchers.delete(connection);
      return {};
    },
  });
  const client = createReconnectingClient({
    connect,
    wait: () => Promise.resolve(),
    onState: () => {},
    name: "test",
  });
  return { source, client, cut: () => cut() };
}

describe("following a session", () => {
  it("tells every event once and every open text whole, however often the line is cut", async () => {
    const run = fc.asyncProperty(
      fc.array(step, { maxLength: 60, size: "max" }),
      fc.integer({ min: 3, max: 40 }),
      fc.boolean(),
      async (steps, tailLength, isAnswerLate) => {
        const { source, client, cut } = createWorld(tailLength, isAnswerLate);
        const screen = createScreen();
        const second = createScreen();
        client.watch(sessionId, screen.listener);
        let leave = client.watch(sessionId, second.listener);
        for (const one of steps) {
          if (one.do === "ticks") for (let tick = 0; tick < one.count; tick++) await null;
          else if (one.do === "delta") source.delta(one.kind, one.text);
          else if (one.do === "output") source.output("out");
          else if (one.do === "drop") cut();
          else if (one.do === "rewatch") {
            leave();
            leave = client.watch(sessionId, createScreen().listener);
          } else source[one.do]();
        }
        source.frame();
        await settle();
        const open = new Map<string, string>([
          ...[...source.openTexts.values()].map(
            ({ kind, turn, text }) => [`${kind} ${turn}`, text] as const,
          ),
          ...source.outputs,
        ]);
        expect(screen.faults).toEqual([]);
        expect(screen.failures).toEqual([]);
        const seen = [...screen.events.values()];
        expect(seen).toEqual(source.log.slice(source.log.length - seen.length));
        expect(seen.length).toBeGreaterThanOrEqual(Math.min(tailLength, source.log.length));
        expect(screen.texts).toEqual(open);
        client.close();
      },
    );
    await fc.assert(run, { numRuns: 600 });
  });

  it("misses nothing after the first snapshot when every cut is short", async () => {
    const { source, client, cut } = createWorld(1000, false);
    const screen = createScreen();
    client.watch(sessionId, screen.listener);
    await settle();
    for (let round = 0; round < 50; round++) {
      source.rename();
      source.delta("text", "ab");
      if (round % 3 === 0) source.frame();
      if (round % 4 === 0) cut();
      if (round % 5 === 0) source.finishText();
      if (round % 7 === 0) await settle();
    }
    source.frame();
    await settle();
    expect([...screen.events.values()]).toEqual(source.log);
    expect(screen.faults).toEqual([]);
  });

  it("does not bring a finished text back when pieces of it arrive late", async () => {
    const { source, client } = createWorld(1000, false);
    const screen = createScreen();
    client.watch(sessionId, screen.listener);
    await settle();
    source.delta("text", "hello");
    source.finishText();
    // One frame: its events are told before its pieces.
    source.frame();
    await settle();
    expect(screen.texts).toEqual(new Map());
    expect(screen.events.size).toBe(1);
  });

  it.each(["text", "event"])(
    "asks again by itself when an %s before this one is missing",
    async (lost) => {
      const { source, client } = createWorld(1000, false);
      const screen = createScreen();
      client.watch(sessionId, screen.listener);
      await settle();
      const [watcher] = source.watchers;
      source.watchers.clear();
      source.rename();
      if (lost === "text") source.delta("text", "lost ");
      source.frame();
      if (watcher) source.watchers.add(watcher);
      if (lost === "text") source.delta("text", "and found");
      else source.rename();
      source.frame();
      await settle();
      expect(screen.texts).toEqual(new Map(lost === "text" ? [["text 0", "lost and found"]] : []));
      expect([...screen.events.values()]).toEqual(source.log);
      expect(screen.faults).toEqual([]);
    },
  );

  it("says when the session is gone, and no more", async () => {
    const [near, far] = createLinkedPair();
    const gone = new AetheriaError("not_found", "This session was deleted.");
    const handlers = loudHandlers({
      "session.open": () => {
        throw gone;
      },
    });
    const connection = serveChannel(far, handlers, () => {});
    const client = createReconnectingClient({
      connect: () => Promise.resolve(near),
      wait: () => Promise.resolve(),
      onState: () => {},
      name: "test",
    });
    const screen = createScreen();
    client.watch(otherId, screen.listener);
    await settle();
    connection.push({
      type: "session.frame",
      sessionId: otherId,
      events: [{ seq: 1, at: 0, type: "session.archived", data: { archived: true } }],
      live: [],
    });
    await settle();
    expect(screen.failures).toEqual([gone.toData()]);
    expect(screen.events.size).toBe(0);
  });

  it("leaves the session open at the host while another feed follows it", async () => {
    const { source, client } = createWorld(1000, false);
    const first = createScreen();
    const leave = client.watch(sessionId, createScreen().listener);
    const leaveFirst = client.watch(sessionId, first.listener);
    await settle();
    leave();
    await settle();
    source.rename();
    source.frame();
    await settle();
    expect(first.events.size).toBe(1);
    leaveFirst();
    await settle();
    expect(source.watchers.size).toBe(0);
  });
});
