// What every store must do, whatever it is made of: run against the real one and the one in memory.
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { NewEvent } from "../contract/events.ts";
import {
  CallId,
  CommandId,
  DeviceId,
  GrantId,
  MessageId,
  RunId,
  SessionId,
  Sha256,
} from "../contract/ids.ts";
import type { Store } from "../core/ports.ts";
import { anyEvent } from "./random-log.ts";
import { openRun, summarize, visibleMessages } from "./summarize.ts";

export type StoreSetup = {
  open(clock: { now(): number }): Store;
  /** Takes away what the stores left behind. */
  clean(): void;
};

export const sessionA = SessionId.parse("01900000-0000-7000-8000-00000000000a");
export const sessionB = SessionId.parse("01900000-0000-7000-8000-00000000000b");
const runId = RunId.parse("run-1");
const usage = { inputTokens: 100, outputTokens: 20, cachedTokens: 0, costUsd: 0.5 };

export const created = (title = "A title"): NewEvent => ({
  type: "session.created",
  data: { title, workspace: null, model: null, mode: "balanced" },
});
export const said = (text: string, id = "m", delivery: "auto" | "steer" = "auto"): NewEvent => ({
  type: "message.sent",
  data: { messageId: MessageId.parse(id), text, attachments: [], delivery },
});
export const answered = (text: string, turn = 1): NewEvent => ({
  type: "text.finished",
  data: { runId, turn, text, partial: false },
});
export const started: NewEvent = {
  type: "run.started",
  data: {
    runId,
    messageId: MessageId.parse("m"),
    model: { provider: "ollama", name: "qwen3:8b" },
    mode: "balanced",
    resumed: false,
  },
};
export const finished: NewEvent = {
  type: "run.finished",
  data: { runId, outcome: "done", usage, steps: 1, ms: 10 },
};

export function storeSuite(name: string, makeSetup: () => StoreSetup): void {
  describe(name, () => {
    let setup: StoreSetup;
    let store: Store;
    let now = 0;
    const noon = new Date(2026, 5, 15, 12).getTime();

    beforeEach(() => {
      setup = makeSetup();
      now = noon;
      store = setup.open({ now: () => now });
    });
    afterEach(() => {
      store.close();
      setup.clean();
    });

    it("numbers events without holes and never lets time go backwards", () => {
      store.append(sessionA, [created(), said("one")], "normal");
      now -= 60_000;
      const later = store.append(sessionA, [said("two")], "full");
      expect(later.map(({ seq, at }) => ({ seq, at }))).toEqual([{ seq: 3, at: noon }]);
      expect(store.events(sessionA, {}).map((event) => event.seq)).toEqual([1, 2, 3]);
    });

    it("reads any range of a log in order", () => {
      store.append(
        sessionA,
        [created(), ...["b", "c", "d", "e"].map((text) => said(text))],
        "normal",
      );
      const seqs = (range: Parameters<Store["events"]>[1]) =>
        store.events(sessionA, range).map((event) => event.seq);
      expect(seqs({ from: 2 })).toEqual([3, 4, 5]);
      expect(seqs({ from: 1, to: 3 })).toEqual([2, 3]);
      expect(seqs({ from: 1, limit: 2 })).toEqual([2, 3]);
      expect(seqs({ from: 5 })).toEqual([]);
    });

    it("finds the milestones of a log, and every event that changed files, written or not yet", () => {
      const state = { before: "absent", after: Sha256.parse("a".repeat(64)) } as const;
      const changes = [{ root: "/work", path: 'odd "changes":.txt', ...state }];
      const callId = CallId.parse("call");
      const decision = { verdict: "allow" as const, rule: "r", why: '"changes":' };
      const ended = { callId, outcome: "done" as const, text: "", files: [], labels: [], ms: 0 };
      const batch: NewEvent[] = [
        ...[said("one"), started, answered("nothing changed")],
        { type: "tool.started", data: { callId, decision, changes } },
        { type: "tool.finished", data: { ...ended, text: 'says "changes":[] only' } },
        { type: "tool.finished", data: { ...ended, changes } },
        ...[finished, said("two")],
        { type: "message.withdrawn", data: { messageId: MessageId.parse("m") } },
        { type: "rewind.done", data: { toSeq: 3, changes } },
      ];
      store.append(sessionA, [created(), ...batch], "normal");
      expect(store.milestones(sessionA)).toHaveLength(8);
      store.sessions({ archived: false, limit: 1 });
      store.append(sessionA, batch, "normal");
      const all = store.events(sessionA, {});
      const wanted = [1, 2, 3, 5, 7, 9, 10, 11].flatMap((seq) =>
        seq === 1 ? [1] : [seq, seq + 10],
      );
      const found = store.milestones(sessionA);
      expect(found).toEqual(all.filter(({ seq }) => wanted.includes(seq)));
      expect(store.milestones(sessionB)).toEqual([]);
    });

    it("refuses events of a session that was never created", () => {
      expect(() => store.append(sessionA, [said("hello")], "normal")).toThrow(
        "There is no such session.",
      );
      expect(store.session(sessionA)).toBeNull();
    });

    it("keeps a message once and knows it by its id", () => {
      store.append(sessionA, [created(), said("one", "m-1")], "normal");
      expect(store.hasMessage(sessionA, MessageId.parse("m-1"))).toBe(2);
      expect(store.hasMessage(sessionA, MessageId.parse("m-2"))).toBeNull();
      expect(store.hasMessage(sessionB, MessageId.parse("m-1"))).toBeNull();
    });

    it("joins the pieces of open text and drops them when the turn is finished", () => {
      store.append(sessionA, [created(), said("hi"), started], "normal");
      const piece = { kind: "text" as const, runId, turn: 1 };
      store.appendOpenText(sessionA, { ...piece, offset: 0, text: "Hel" });
      store.appendOpenText(sessionA, { ...piece, offset: 3, text: "lo th" });
      store.appendOpenText(sessionA, { ...piece, kind: "reasoning", offset: 0, text: "hm" });
      store.appendOpenText(sessionA, { ...piece, offset: 5, text: " you" });
      expect(store.openTexts(sessionA)).toEqual(
        expect.arrayContaining([
          { kind: "text", runId, turn: 1, text: "Hello you" },
          { kind: "reasoning", runId, turn: 1, text: "hm" },
        ]),
      );
      store.append(sessionA, [answered("Hello you")], "normal");
      expect(store.openTexts(sessionA).map((text) => text.kind)).toEqual(["reasoning"]);
    });

    it("names the sessions whose run did not finish", () => {
      store.append(sessionA, [created(), said("hi"), started], "normal");
      store.append(sessionB, [created(), said("hi"), started, finished], "normal");
      expect(store.unfinishedSessions()).toEqual([sessionA]);
    });

    it("lists sessions newest first, in pages, archived ones apart", () => {
      const ids = Array.from({ length: 5 }, (_, index) => SessionId.parse(`session-${index}`));
      for (const id of ids) {
        now += 1_000;
        store.append(id, [created(id)], "normal");
      }
      store.append(
        ids[1] ?? sessionA,
        [{ type: "session.archived", data: { archived: true } }],
        "normal",
      );
      const first = store.sessions({ archived: false, limit: 3 });
      expect(first.sessions.map((one) => one.sessionId)).toEqual([ids[4], ids[3], ids[2]]);
      expect(first.hasMore).toBe(true);
      const before = first.sessions.at(-1)?.updatedAt;
      const rest = store.sessions({ archived: false, limit: 3, before });
      expect(rest.sessions.map((one) => one.sessionId)).toEqual([ids[0]]);
      expect(rest.hasMore).toBe(false);
      const archived = store.sessions({ archived: true, limit: 3 });
      expect(archived.sessions.map((one) => one.sessionId)).toEqual([ids[1]]);
    });

    it("begins the tail at a message that began a run, and pages back from there", () => {
      const run = (name: string): NewEvent[] => [
        said(name),
        started,
        said("by the way", "s", "steer"),
        answered(name),
        finished,
      ];
      store.append(sessionA, [created(), ...run("one"), ...run("two"), ...run("three")], "normal");
      const last = store.tail(sessionA, 6);
      expect(last.events.map((event) => event.seq)).toEqual([12, 13, 14, 15, 16]);
      expect(last.hasEarlier).toBe(true);
      const middle = store.tail(sessionA, 2, 12);
      expect(middle.events.map((event) => event.seq)).toEqual([7, 8, 9, 10, 11]);
      const all = store.tail(sessionA, 100);
      expect(all.events).toHaveLength(16);
      expect(all.hasEarlier).toBe(false);
    });

    it("does not begin a tail in the middle of a run, even at a message", () => {
      const queued = Array.from({ length: 6 }, (_, index) => said(`more ${index}`, `q${index}`));
      store.append(sessionA, [created(), said("go"), started, ...queued], "normal");
      expect(store.tail(sessionA, 4).events[0]?.seq).toBeLessThanOrEqual(2);
    });

    it("forks a session up to a place and ends the run that was going on there", () => {
      store.append(
        sessionA,
        [created("Mine"), said("one", "m-1"), started, answered("uno")],
        "normal",
      );
      const fork = store.forkSession(sessionA, sessionB, 3);
      expect(fork).toMatchObject({ sessionId: sessionB, title: "Mine", phase: "idle" });
      const events = store.events(sessionB, {});
      expect(events.map((event) => event.type)).toEqual([
        "session.created",
        "message.sent",
        "run.started",
        "run.finished",
      ]);
      expect(events[0]?.data).toMatchObject({ forkedFrom: { sessionId: sessionA, seq: 3 } });
      expect(store.hasMessage(sessionB, MessageId.parse("m-1"))).toBe(2);
      expect(store.unfinishedSessions()).toEqual([sessionA]);
    });

    it("gives a fork no consent to run code on the bare machine", () => {
      const consent = (machineConsent: boolean): NewEvent => ({
        type: "session.configured",
        data: { mode: "ask", machineConsent },
      });
      store.append(sessionA, [created(), consent(true)], "normal");
      expect(store.session(sessionA)).toMatchObject({ mode: "ask", machineConsent: true });
      const fork = store.forkSession(sessionA, sessionB, 2);
      expect(fork).toMatchObject({ mode: "ask" });
      expect(fork.machineConsent ?? false).toBe(false);
      expect(store.events(sessionB, {})[1]?.data).toEqual({ mode: "ask" });
      store.append(sessionA, [consent(false)], "normal");
      expect(store.session(sessionA)).toMatchObject({ machineConsent: false });
    });

    it("does not count a fork's copied runs as money spent", () => {
      store.append(sessionA, [created(), said("one"), started, finished], "normal");
      store.forkSession(sessionA, sessionB, 4);
      expect(store.spending(now)).toEqual({ todayUsd: 0.5, todayTokens: 120 });
    });

    it("remembers of a fork which events came from a file, and does not count their money", () => {
      store.append(sessionA, [created(), said("one"), started, finished], "normal");
      const [first, ...rest] = store.events(sessionA, {});
      if (first?.type !== "session.created") throw new Error("unreachable");
      store.deleteSession(sessionA);
      const before = store.spending(now);
      const marked = { ...first, data: { ...first.data, importedSeq: 4 } };
      store.importSession(sessionA, [marked, ...rest]);
      store.forkSession(sessionA, sessionB, 2);
      expect(store.events(sessionB, {})[0]?.data).toMatchObject({ importedSeq: 2 });
      expect(store.spending(now)).toEqual(before);
    });

    it("imports a whole log as a new session and refuses a broken one", () => {
      store.append(sessionA, [created("Moved"), said("one"), answered("uno")], "normal");
      const events = store.events(sessionA, {});
      expect(store.importSession(sessionB, events)).toMatchObject({ title: "Moved", messages: 2 });
      expect(store.events(sessionB, {})).toEqual(events);
      const other = SessionId.parse("other");
      expect(() => store.importSession(other, events.slice(1))).toThrow(
        "These events do not make up a whole conversation.",
      );
      expect(store.session(other)).toBeNull();
    });

    it("forgets a deleted session and everything said in it", () => {
      store.append(sessionA, [created("Secret plans"), said("the lighthouse", "m-1")], "normal");
      store.append(sessionB, [created(), said("nothing")], "normal");
      expect(store.search("lighthouse", { limit: 5 }).hits).toHaveLength(1);
      store.deleteSession(sessionA);
      expect(store.session(sessionA)).toBeNull();
      expect(store.events(sessionA, {})).toEqual([]);
      expect(store.search("lighthouse", { limit: 5 }).hits).toEqual([]);
      expect(store.search("secret", { limit: 5 }).hits).toEqual([]);
      expect(store.session(sessionB)?.messages).toBe(1);
    });

    it("starts afresh when a deleted session's id comes again", () => {
      store.append(sessionA, [created("Old"), said("the lighthouse", "m-1")], "normal");
      store.deleteSession(sessionA);
      store.append(sessionA, [created("New")], "normal");
      expect(store.session(sessionA)).toMatchObject({ title: "New", seq: 1, messages: 0 });
      expect(store.hasMessage(sessionA, MessageId.parse("m-1"))).toBeNull();
    });

    it("finds words, beginnings of words and titles, and marks them", () => {
      store.append(sessionA, [created("Harbour"), said("Look at the lighthouse report")], "normal");
      store.append(sessionA, [answered("The report is long.")], "normal");
      const { hits, complete } = store.search("the rep", { limit: 10 });
      expect(complete).toBe(true);
      expect(hits.map((hit) => ({ seq: hit.seq, role: hit.role }))).toEqual(
        expect.arrayContaining([
          { seq: 3, role: "agent" },
          { seq: 2, role: "person" },
        ]),
      );
      for (const hit of hits)
        expect(hit.extract.filter((_, index) => index % 2 === 1)).toContain("report");
      const [title] = store.search("harb", { limit: 10 }).hits;
      expect(title).toMatchObject({ sessionId: sessionA, extract: ["", "Harbour", ""] });
    });

    it("searches within one session when asked", () => {
      store.append(sessionA, [created(), said("apples")], "normal");
      store.append(sessionB, [created(), said("apples")], "normal");
      const { hits } = store.search("apples", { sessionId: sessionB, limit: 10 });
      expect(hits.map((hit) => hit.sessionId)).toEqual([sessionB]);
    });

    it("does not find what was rewound or withdrawn", () => {
      store.append(sessionA, [created(), said("first", "m-1"), said("second", "m-2")], "normal");
      store.append(sessionA, [said("third", "m-3")], "normal");
      store.append(sessionA, [{ type: "rewind.done", data: { toSeq: 3 } }], "normal");
      store.append(
        sessionA,
        [{ type: "message.withdrawn", data: { messageId: MessageId.parse("m-1") } }],
        "normal",
      );
      const found = (word: string) => store.search(word, { limit: 5 }).hits.length;
      expect([found("first"), found("second"), found("third")]).toEqual([0, 1, 0]);
      expect(store.session(sessionA)?.messages).toBe(1);
    });

    it.each(['"*', "AND (", "NEAR(", "", "   ", "{text}: x*", "a OR b) --", "'", "\u0000", "^"])(
      "takes %j as words to look for, never as syntax",
      (query) => {
        store.append(sessionA, [created(), said("quite ordinary")], "normal");
        expect(store.search(query, { limit: 5 })).toEqual({ hits: [], complete: true });
      },
    );

    it("adds up what runs cost since local midnight", () => {
      now = noon - 24 * 60 * 60 * 1000;
      store.append(sessionA, [created(), said("one"), started, finished], "normal");
      now = noon;
      store.append(sessionA, [started, finished], "normal");
      expect(store.spending(noon)).toEqual({ todayUsd: 0.5, todayTokens: 120 });
      expect(store.session(sessionA)?.usage).toMatchObject({ inputTokens: 200, costUsd: 1 });
    });

    it("keeps settings over their defaults, one by one", () => {
      expect(store.settings().mode).toBe("balanced");
      expect(store.saveSettings({ mode: "ask" })).toMatchObject({ mode: "ask", theme: "system" });
      store.saveSettings({ theme: "dark", workspace: "/home/ann" });
      expect(store.settings()).toMatchObject({
        mode: "ask",
        theme: "dark",
        workspace: "/home/ann",
      });
    });

    it("keeps standing answers until they are taken back", () => {
      const grantId = GrantId.parse("g-1");
      const grant = {
        grantId,
        verdict: "allow" as const,
        tool: "read",
        sessionId: null,
        createdAt: 1,
      };
      store.saveGrant(grant);
      store.saveGrant({ ...grant, verdict: "deny" });
      expect(store.grants()).toEqual([{ ...grant, verdict: "deny" }]);
      store.deleteGrant(grantId);
      expect(store.grants()).toEqual([]);
    });

    it("keeps what came piece by piece as if it had come whole", async () => {
      const writer = await store.attachments.openWriter();
      await writer.write(Buffer.from("hello "));
      await writer.write(Buffer.from("world"));
      const file = await writer.keep("a.txt", "text/plain");
      expect(file).toEqual(
        await store.attachments.put(Buffer.from("hello world"), "a.txt", "text/plain"),
      );
      const { bytes } = await store.attachments.get(file.sha256, 0, 100);
      expect(Buffer.from(bytes).toString()).toBe("hello world");
      const other = await store.attachments.openWriter();
      await other.write(Buffer.from("gone"));
      await other.drop();
      const same = await store.attachments.openWriter();
      await same.write(Buffer.from("hello world"));
      expect((await same.keep("b.txt", "text/plain")).sha256).toBe(file.sha256);
    });

    it("keeps attachments by their hash and reads any part of them", async () => {
      const bytes = new TextEncoder().encode("hello attachment");
      const file = await store.attachments.put(bytes, "a.txt", "text/plain");
      expect(await store.attachments.put(bytes, "b.txt", "text/plain")).toMatchObject({
        sha256: file.sha256,
        name: "b.txt",
      });
      const part = await store.attachments.get(file.sha256, 6, 100);
      expect(new TextDecoder().decode(part.bytes)).toBe("attachment");
      expect(part.sizeBytes).toBe(bytes.length);
      await expect(store.attachments.get("0".repeat(64), 0, 1)).rejects.toMatchObject({
        code: "not_found",
      });
    });

    it("sums up any log as its events say", () => {
      let count = 0;
      const batches = fc.array(fc.array(anyEvent(12), { minLength: 1, maxLength: 4 }), {
        maxLength: 8,
      });
      fc.assert(
        fc.property(batches, (appends) => {
          const id = SessionId.parse(`any-${(count += 1)}`);
          store.append(id, [created()], "normal");
          for (const events of appends) {
            store.append(id, events, "normal");
            expect(store.session(id)).toEqual(summarize(id, store.events(id, {})));
          }
          const log = store.events(id, {});
          const seqs = visibleMessages(log).map((message) => message.seq);
          const hits = store.search("report", { sessionId: id, limit: 100 }).hits;
          for (const hit of hits) expect(seqs).toContain(hit.seq);
          expect(store.unfinishedSessions().includes(id)).toBe(openRun(log) !== null);
        }),
        { numRuns: 60 },
      );
    });

    describe("what it keeps of the mirror", () => {
      const answer = (commandId: string, number: number): NewEvent => ({
        type: "command.answered",
        data: {
          ...{ commandId: CommandId.parse(commandId), deviceId: DeviceId.parse("d"), number },
          ...{ kind: "rename", outcome: "done" },
        },
      });

      it("knows which sessions go past what the server confirmed, also after a restart", () => {
        store.append(sessionA, [created(), said("one")], "normal");
        store.append(sessionB, [created()], "normal");
        store.mirror.save(sessionA, { checkpoint: 2, mirroredAs: "all" });
        expect(store.mirror.behind()).toEqual([sessionB]);
        store.append(sessionA, [answered("two")], "normal");
        expect(store.mirror.behind().sort()).toEqual([sessionA, sessionB]);
        store.mirror.restart();
        expect(store.mirror.record(sessionA)).toEqual({
          ...{ choice: null, checkpoint: 0, mirroredAs: null, filesSeq: 0 },
        });
      });

      it("keeps a choice through everything but the session's end", () => {
        store.append(sessionA, [created()], "normal");
        store.mirror.save(sessionA, { choice: "none" });
        store.mirror.save(sessionA, { checkpoint: 1, mirroredAs: "all" });
        expect(store.mirror.behind()).toEqual([sessionA]);
        store.mirror.restart();
        expect(store.mirror.record(sessionA).choice).toBe("none");
      });

      it("remembers a deleted session until the server has forgotten it, if it ever was there", () => {
        store.append(sessionA, [created()], "normal");
        store.append(sessionB, [created()], "normal");
        store.mirror.save(sessionA, { checkpoint: 1, mirroredAs: "text" });
        expect(store.mirror.mirrored()).toEqual([sessionA]);
        store.deleteSession(sessionA);
        store.deleteSession(sessionB);
        expect(store.mirror.deleted()).toEqual([sessionA]);
        expect(store.mirror.mirrored()).toEqual([]);
        store.mirror.forgetDeleted(sessionA);
        expect(store.mirror.deleted()).toEqual([]);
      });

      it("sends all anew once a backup took the log's place", () => {
        store.append(sessionA, [created()], "normal");
        store.mirror.save(sessionA, { checkpoint: 1, mirroredAs: "all" });
        store.mirror.replaced();
        const record = store.mirror.record(sessionA);
        expect(record).toEqual({ choice: null, checkpoint: 0, mirroredAs: "none", filesSeq: 0 });
      });

      it("finds the answer to a command, and a device's last number, in the log", () => {
        store.append(sessionA, [created(), answer("c1", 3), answer("c2", 4)], "full");
        expect(store.mirror.answer(CommandId.parse("c1"))).toEqual({ outcome: "done" });
        expect(store.mirror.answer(CommandId.parse("c9"))).toBeNull();
        expect(store.mirror.lastNumber(DeviceId.parse("d"))).toBe(4);
        expect(store.mirror.lastNumber(DeviceId.parse("e"))).toBe(0);
      });

      it("takes no answer from a log that came from elsewhere", () => {
        store.append(sessionA, [created(), answer("c1", 900)], "normal");
        store.forkSession(sessionA, sessionB, 2);
        store.deleteSession(sessionA);
        expect(store.mirror.answer(CommandId.parse("c1"))).toBeNull();
        expect(store.mirror.lastNumber(DeviceId.parse("d"))).toBe(0);
      });
    });
  });
}
