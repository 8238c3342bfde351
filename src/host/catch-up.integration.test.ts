import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStreamingServer, type StreamingServer } from "../../bench/streaming-server.ts";
import type { SessionId } from "../contract/ids.ts";
import { viewOf } from "../core/session/from-snapshot.ts";
import { foldAll, foldLive } from "../core/session/reducer.ts";
import { emptyView, type SessionView } from "../core/session/view.ts";
import type { Channel } from "../rpc/channel.ts";
import { createLinkedPair } from "../rpc/linked-pair.ts";
import { createReconnectingClient } from "../rpc/reconnecting-client.ts";
import { openRealHost, type RealHost } from "../testing/real-host.ts";

let model: StreamingServer;
let at: RealHost;

// A turn with two calls, then a long answer: 800 pieces, a piece a millisecond.
const pieces = Array.from({ length: 800 }, (_, n) => `${n} `);
beforeAll(async () => {
  model = await openStreamingServer((messages) => {
    const last = messages.findLastIndex(({ role }) => role === "user");
    const isFirst = !messages.slice(last).some(({ role }) => role === "tool");
    const call = (path: string) => ({ name: "list_files", input: { path } });
    return isFirst ? { calls: [call("a"), call("b")] } : { pieces, everyMs: 1 };
  });
  at = await openRealHost({ env: { OPENAI_BASE_URL: model.url } });
});
afterAll(async () => {
  await at.close();
  await model.close();
});

/** A client that folds what it is told, and loses its connection each time it has been told as much
 * as the next number of `plan` says. */
function watcher(sessionId: SessionId, plan: readonly number[] = []) {
  let channel: Channel | null = null;
  let view: SessionView = emptyView;
  const moments = [...plan];
  let told = 0;
  let resets = 0;
  let cuts = 0;
  let done = () => {};
  const ended = new Promise<void>((resolve) => (done = resolve));
  const look = () => {
    told += 1;
    if (told >= (moments[0] ?? Infinity)) {
      moments.shift();
      told = 0;
      cuts += 1;
      channel?.close();
    }
    if (view.items.at(-1)?.kind === "run_end") done();
  };
  const client = createReconnectingClient({
    name: "test",
    connect: async () => {
      const [near, far] = createLinkedPair();
      at.host.connect(far);
      return (channel = near);
    },
    // The pause before the next try: one turn of the event loop.
    wait: () => new Promise((resolve) => setImmediate(resolve)),
    onState: () => {},
  });
  client.watch(sessionId, {
    reset: (snapshot) => {
      resets += 1;
      view = viewOf(snapshot);
      look();
    },
    events: (events) => {
      view = foldAll(view, events);
      look();
    },
    live: (live) => {
      view = live.reduce<SessionView>((before, event) => foldLive(before, event), view);
      look();
    },
  });
  return {
    ended,
    close: () => client.close(),
    cut: () => channel?.close(),
    cuts: () => cuts,
    resets: () => resets,
    view: () => view,
  };
}

describe("catching up", { timeout: 60_000 }, () => {
  it("shows every client what the log says, however often it lost the host in mid-answer", async () => {
    const moments = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.array(moments, { minLength: 2, maxLength: 4 }), async (plans) => {
        const session = await at.start();
        const { sessionId } = session;
        const watchers = plans.map((plan) => watcher(sessionId, plan));
        try {
          await session.ask("Count for me");
          await Promise.all(watchers.map(({ ended }) => ended));
          for (const one of watchers) expect(one.cuts()).toBeGreaterThan(0);
          const { events } = await at.client.call("session.open", { sessionId });
          const expected = foldAll(emptyView, events);
          for (const one of watchers) expect(one.view()).toEqual(expected);
          expect(expected.items.map(({ kind }) => kind)).toEqual([
            ...["message", "tool", "tool", "text", "run_end"],
          ]);
          expect(expected.items.at(-2)).toMatchObject({ text: pieces.join("") });
        } finally {
          for (const one of watchers) one.close();
        }
      }),
      { numRuns: 6 },
    );
  });

  it("continues where it was: a client that comes back is not told from the beginning", async () => {
    const session = await at.start();
    const one = watcher(session.sessionId);
    try {
      await session.send("Count for me");
      await session.untilShown("100 ");
      one.cut();
      await session.untilShown("300 ");
      await session.until("run.finished");
      await one.ended;
      expect(one.resets()).toBe(1);
      expect(one.view()).toEqual(foldAll(emptyView, session.events));
    } finally {
      one.close();
    }
  });

  it("a client that comes in the middle is shown what is there, then the rest", async () => {
    const session = await at.start();
    await session.send("Count for me");
    await session.untilShown("400 ");
    const late = watcher(session.sessionId);
    try {
      await late.ended;
      expect(late.view()).toEqual(foldAll(emptyView, session.events));
    } finally {
      late.close();
    }
  });
});
