import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SessionId } from "../../contract/ids.ts";
import { commandLifetimeMs, type Command } from "../../contract/mirror.ts";
import { decideCommand, type CommandFacts } from "./command-decision.ts";

const sessionId = SessionId.parse("session");
const command = (issuedAt = 1_000): Command => ({
  ...{ kind: "rename", sessionId, issuedAt, title: "New" },
});
const facts = (more: Partial<CommandFacts> = {}): CommandFacts => ({
  row: { number: 5, session_id: sessionId },
  ...{ answered: null, lastNumber: 4, sender: "known", command: command(), isDone: false },
  now: 2_000,
  ...more,
});
const decide = (more: Partial<CommandFacts>) => decideCommand(facts(more));
const refused = (code: string) => ({
  kind: "answer",
  answer: { outcome: "refused", error: { code, retryable: false } },
});

describe("a command from afar", () => {
  it("runs when it is signed by a device of this account, young, and the next of it", () => {
    expect(decide({})).toEqual({ kind: "run", command: command() });
    expect(decide({ now: 1_000 + commandLifetimeMs })).toMatchObject({ kind: "run" });
    expect(decide({ row: { number: 50, session_id: sessionId } })).toMatchObject({ kind: "run" });
  });

  it("is answered as before when it comes again, and nothing is written", () => {
    const answered = { outcome: "done" as const };
    const again = decide({ answered, lastNumber: 9, sender: "forged", now: 1e12 });
    expect(again).toEqual({ kind: "answer", answer: answered, isLogged: false });
  });

  it("is done when its effect is there, however old it is and whatever became of the device", () => {
    const done = { kind: "answer", answer: { outcome: "done" }, isLogged: true };
    for (const more of [{ now: 1e12 }, { lastNumber: 9 }, { sender: "revoked" as const }])
      expect(decide({ ...more, isDone: true })).toEqual(done);
  });

  it("is refused when it is too old or from the future, by the server's clock", () => {
    expect(decide({ now: 1_001 + commandLifetimeMs })).toMatchObject(refused("expired"));
    const ahead = command(2_001 + commandLifetimeMs);
    expect(decide({ command: ahead })).toMatchObject(refused("expired"));
  });

  it("is refused when a later one of its device was answered", () => {
    expect(decide({ lastNumber: 5 })).toMatchObject(refused("conflict"));
  });

  it("is refused, and not written down, when no device of this account signed it", () => {
    expect(decide({ sender: "forged" })).toMatchObject({ ...refused("tampered"), isLogged: false });
    expect(decide({ sender: "unknown" })).toMatchObject({ ...refused("revoked"), isLogged: false });
    // Not even where it would be done already: nobody asked.
    expect(decide({ sender: "forged", isDone: true })).toMatchObject(refused("tampered"));
  });

  it("is refused when its device was revoked", () => {
    expect(decide({ sender: "revoked" })).toMatchObject({ ...refused("revoked"), isLogged: true });
  });

  it("is refused when it says what this version does not know, or is of another session", () => {
    expect(decide({ command: null })).toMatchObject(refused("bad_input"));
    const elsewhere = { number: 5, session_id: SessionId.parse("elsewhere") };
    expect(decide({ row: elsewhere })).toMatchObject(refused("bad_input"));
  });

  it("waits where only the person can bring the key for it", () => {
    for (const more of [{ command: "locked" as const }, { sender: "locked" as const }])
      expect(decide(more)).toMatchObject({ kind: "wait", error: { code: "locked" } });
  });

  it("runs only what is known, unanswered, young and next; every refusal has its sentence", () => {
    const anything = fc.record<CommandFacts>({
      row: fc.record({
        number: fc.integer({ min: 1, max: 9 }),
        session_id: fc.constant(sessionId),
      }),
      answered: fc.constantFrom(null, { outcome: "done" as const }),
      lastNumber: fc.nat(9),
      sender: fc.constantFrom("known", "revoked", "unknown", "forged", "locked"),
      command: fc.constantFrom(null, "locked" as const, command(1_000), command(1e9)),
      isDone: fc.boolean(),
      now: fc.constantFrom(1_000, 1e9, 1e10),
    });
    fc.assert(
      fc.property(anything, (all) => {
        const decision = decideCommand(all);
        if (decision.kind === "run")
          expect([all.sender, all.answered, all.isDone, all.row.number > all.lastNumber]).toEqual([
            ...["known", null, false, true],
          ]);
        if (decision.kind === "answer" && decision.answer.outcome === "refused")
          expect(decision.answer.error).toMatchObject({
            message: expect.stringMatching(/\.$/),
            hint: expect.stringMatching(/\.$/),
          });
      }),
    );
  });
});
