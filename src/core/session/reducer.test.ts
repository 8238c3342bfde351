import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LiveEvent, SessionEvent } from "../../contract/events.ts";
import { CallId, RunId, SessionId } from "../../contract/ids.ts";
import { createMemoryStore } from "../../testing/memory-store.ts";
import { sessionLog, withDeltas } from "../../testing/session-logs.ts";
import { withoutRewound } from "../agent/transcript.ts";
import { viewOf } from "./from-snapshot.ts";
import { fold, foldAll, foldEarlier, foldLive } from "./reducer.ts";
import { emptyView, type SessionView } from "./view.ts";

const sessionId = SessionId.parse("session-1");
const whole = (events: readonly SessionEvent[]) => foldAll(emptyView, events);
/** A view without what only live events tell. */
const settled = ({ run, ...view }: SessionView) => ({ ...view, runId: run?.runId ?? null });

describe("the fold of a log", () => {
  it("is the same whether it is folded whole or in two halves", () => {
    fc.assert(
      fc.property(sessionLog(), fc.nat(), (log, at) => {
        const cut = at % (log.length + 1);
        const halves = foldAll(whole(log.slice(0, cut)), log.slice(cut));
        expect(halves).toEqual(whole(log));
      }),
    );
  });

  it("never changes a view that it was given", () => {
    fc.assert(
      fc.property(sessionLog(), (log) => {
        let view = emptyView;
        for (const event of log) {
          const before = JSON.stringify(view);
          const next = fold(view, event);
          expect(JSON.stringify(view)).toBe(before);
          expect(fold(view, event)).toEqual(next);
          view = next;
        }
      }),
      { numRuns: 30 },
    );
  });

  it("shows what a log without its rewound part would show", () => {
    fc.assert(
      fc.property(sessionLog(), (log) => {
        const view = whole(log);
        const kept = whole(withoutRewound(log));
        expect(view.items).toEqual(kept.items);
        expect(view.traces).toEqual(kept.traces);
        expect(view.queued).toEqual(kept.queued);
      }),
      { numRuns: 300 },
    );
  });

  it("holds every message, said once, in the order of the log", () => {
    fc.assert(
      fc.property(sessionLog(), (log) => {
        const { items, queued } = whole(log);
        const seqs = items.map(({ seq }) => seq);
        expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
        const shown = [...items, ...queued].flatMap((item) =>
          "messageId" in item ? [item.messageId] : [],
        );
        expect(new Set(shown).size).toBe(shown.length);
        const withdrawn = log.flatMap((e) =>
          e.type === "message.withdrawn" ? [e.data.messageId] : [],
        );
        const said = withoutRewound(log).flatMap((e) =>
          e.type === "message.sent" && !withdrawn.includes(e.data.messageId)
            ? [e.data.messageId]
            : [],
        );
        expect(shown.toSorted()).toEqual(said.toSorted());
      }),
      { numRuns: 300 },
    );
  });

  it("leaves no step under way once its run has ended", () => {
    fc.assert(
      fc.property(sessionLog(), (log) => {
        const view = whole(log);
        if (view.run) return;
        const busy = view.items.filter(
          (item) =>
            item.kind === "tool" && ["requested", "waiting", "running"].includes(item.state),
        );
        expect(busy).toEqual([]);
      }),
    );
  });

  it("ignores calls and questions that it does not know", () => {
    fc.assert(
      fc.property(sessionLog(), (log) => {
        const view = whole(log);
        const callId = CallId.parse("nobody-knows");
        const place = { seq: log.length + 1, at: 1 };
        const decision = { verdict: "allow" as const, rule: "r", why: "w" };
        const strangers: SessionEvent[] = [
          { ...place, type: "tool.started", data: { callId, decision } },
          {
            ...place,
            type: "tool.finished",
            data: { callId, outcome: "done", text: "", files: [], labels: [], ms: 1 },
          },
        ];
        for (const event of strangers)
          expect(fold(view, event)).toEqual({ ...view, seq: place.seq });
      }),
      { numRuns: 30 },
    );
  });
});

describe("live events", () => {
  const foldTold = (told: ReturnType<typeof withDeltas>): SessionView =>
    told.reduce<SessionView>(
      (view, one) => ("event" in one ? fold(view, one.event) : foldLive(view, one.live)),
      emptyView,
    );

  it("before a finished text never double it, however they were cut", () => {
    fc.assert(
      fc.property(sessionLog(), fc.array(fc.nat(), { minLength: 1 }), (log, sizes) => {
        expect(settled(foldTold(withDeltas(log, sizes)))).toEqual(settled(whole(log)));
      }),
    );
  });

  it("show a text as it grows, and it is in one place only when it ends", () => {
    fc.assert(
      fc.property(sessionLog(), fc.array(fc.nat(), { minLength: 1 }), (log, sizes) => {
        let view = emptyView;
        for (const one of withDeltas(log, sizes)) {
          const grown = view.openText?.text ?? "";
          if ("live" in one) {
            view = foldLive(view, one.live);
            if (one.live.type === "text.delta")
              expect(view.openText?.text).toBe(grown + one.live.text);
            continue;
          }
          view = fold(view, one.event);
          if (one.event.type !== "text.finished") continue;
          expect(grown).toBe(one.event.data.text);
          expect(view.openText).toBeNull();
        }
      }),
    );
  });

  it("of a call grow its output, which is gone when the result is there", () => {
    const callId = CallId.parse("call-1");
    const output = (offset: number, text: string): LiveEvent => ({
      type: "tool.output",
      callId,
      offset,
      text,
    });
    const grown = foldLive(foldLive(emptyView, output(0, "one ")), output(4, "two"));
    expect(grown.outputs).toEqual({ [callId]: "one two" });
    const data = { callId, outcome: "done" as const, text: "", files: [], labels: [], ms: 1 };
    expect(fold(grown, { seq: 1, at: 1, type: "tool.finished", data }).outputs).toEqual({});
  });

  it("of another run do not change the status of this one", () => {
    const runId = RunId.parse("another");
    const status: LiveEvent = { type: "run.status", runId, status: "working" };
    expect(foldLive(emptyView, status)).toEqual(emptyView);
  });
});

describe("a session opened at its tail", () => {
  it("shows, with its earlier pages, what the whole log shows", () => {
    fc.assert(
      fc.property(sessionLog(120), fc.integer({ min: 1, max: 30 }), (log, limit) => {
        const store = createMemoryStore({ clock: { now: () => 1 } });
        const summary = store.importSession(sessionId, log);
        const events = store.events(sessionId, {});
        let page = store.tail(sessionId, limit);
        let view = viewOf({
          ...page,
          summary,
          continues: false,
          openTexts: [],
          openOutputs: [],
        });
        while (page.hasEarlier) {
          page = store.tail(sessionId, limit, page.events[0]?.seq ?? 1);
          view = foldEarlier(view, page.events);
        }
        expect(view.items).toEqual(whole(events).items);
        expect(view.traces).toEqual(whole(events).traces);
        expect(view.queued).toEqual(whole(events).queued);
        expect(view.title).toBe(whole(events).title);
      }),
      { numRuns: 300 },
    );
  });
});
