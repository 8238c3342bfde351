import { describe, expect, it } from "vitest";
import type { Push } from "../../contract/calls.ts";
import type { SessionId } from "../../contract/ids.ts";
import { Terminals, type TerminalLine } from "./terminals.svelte.ts";

const sessionId = "s1" as SessionId;
const size = { cols: 80, rows: 24 };

/** A line whose calls are answered by hand. */
function fakeLine() {
  const calls: { name: string; input: unknown; answer: (value: unknown) => void }[] = [];
  const listeners: ((push: Push) => void)[] = [];
  const line: unknown = {
    call: (name: string, input: unknown) =>
      new Promise<unknown>((resolve) => calls.push({ name, input, answer: resolve })),
    onPush: (listener: (push: Push) => void) => {
      listeners.push(listener);
      return () => undefined;
    },
  };
  const answer = async (name: string, value: unknown = {}) => {
    const at = calls.findIndex((call) => call.name === name);
    const [call] = calls.splice(at, 1);
    call?.answer(value);
    await settled();
  };
  const push = (sent: Push) => listeners.forEach((listener) => listener(sent));
  return { line: line as TerminalLine, calls, answer, push };
}
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));
const output = (terminalId: string, text: string): Push => ({
  ...{ type: "terminal.output", terminalId },
  bytes: new TextEncoder().encode(text),
});
const named = (calls: readonly { name: string; input: unknown }[], name: string) =>
  calls.filter((call) => call.name === name).map(({ input }) => input);

async function opened() {
  const fake = fakeLine();
  const terminals = new Terminals(fake.line);
  const terminal = terminals.add(sessionId, "sandbox");
  const drawn: string[] = [];
  void terminal.start(size, (bytes) => {
    drawn.push(new TextDecoder().decode(bytes));
    return Promise.resolve();
  });
  await fake.answer("terminal.open", { terminalId: "t1" });
  return { ...fake, terminals, terminal, drawn };
}

describe("a terminal", () => {
  it("is opened with its size, drawn, and says how much was drawn, one call at a time", async () => {
    const { terminal, calls, answer, push, drawn } = await opened();
    expect(terminal.phase).toEqual({ name: "open" });
    push(output("t1", "one"));
    await settled();
    push(output("t1", "two"));
    push(output("t1", "three"));
    await settled();
    expect(drawn).toEqual(["one", "two", "three"]);
    expect(named(calls, "terminal.drawn")).toEqual([{ terminalId: "t1", bytes: 3 }]);
    await answer("terminal.drawn");
    expect(named(calls, "terminal.drawn")).toEqual([{ terminalId: "t1", bytes: 8 }]);
  });

  it("shows what came before the answer that names it", async () => {
    const { line, answer, push } = fakeLine();
    const terminals = new Terminals(line);
    const terminal = terminals.add(sessionId, "sandbox");
    let drawn = "";
    void terminal.start(size, (bytes) => {
      drawn += new TextDecoder().decode(bytes);
      return Promise.resolve();
    });
    push(output("t1", "early"));
    push({ type: "terminal.ended", terminalId: "t1", exitCode: 2 });
    await answer("terminal.open", { terminalId: "t1" });
    expect(drawn).toBe("early");
    expect(terminal.phase).toEqual({ name: "ended", exitCode: 2 });
  });

  it("tells only the latest size while one is on its way", async () => {
    const { terminal, calls, answer } = await opened();
    terminal.resize({ cols: 80, rows: 24 });
    terminal.resize({ cols: 90, rows: 24 });
    terminal.resize({ cols: 91, rows: 24 });
    terminal.resize({ cols: 92, rows: 24 });
    expect(named(calls, "terminal.resize")).toMatchObject([{ cols: 90 }]);
    await answer("terminal.resize");
    expect(named(calls, "terminal.resize")).toMatchObject([{ cols: 92 }]);
  });

  it("sends a long paste in pieces, and nothing once it is over", async () => {
    const { terminal, calls, push } = await opened();
    terminal.write("x".repeat(250_000));
    expect(named(calls, "terminal.write")).toHaveLength(3);
    push({ type: "terminal.ended", terminalId: "t1", exitCode: 0 });
    terminal.write("late");
    expect(named(calls, "terminal.write")).toHaveLength(3);
  });

  it("is closed at the host even when it was closed while it opened", async () => {
    const { line, calls, answer } = fakeLine();
    const terminals = new Terminals(line);
    const terminal = terminals.add(sessionId, "machine");
    void terminal.start(size, () => Promise.resolve());
    terminals.close(terminal);
    await answer("terminal.open", { terminalId: "t9" });
    expect(named(calls, "terminal.close")).toEqual([{ terminalId: "t9" }]);
    expect(terminals.of(sessionId)).toEqual([]);
  });

  it("is numbered among its kind, and ends with the connection or its session", async () => {
    const { terminals, terminal, push } = await opened();
    expect(terminals.add(sessionId, "machine").number).toBe(1);
    expect(terminals.add(sessionId, "sandbox").number).toBe(2);
    terminals.lost();
    expect(terminal.phase).toEqual({ name: "ended", exitCode: null });
    push({ type: "session.deleted", sessionId } as Push);
    expect(terminals.of(sessionId)).toEqual([]);
  });
});
