import { describe, expect, it } from "vitest";
import type { Push } from "../../contract/calls.ts";
import { AetheriaError } from "../../contract/errors.ts";
import { SessionId } from "../../contract/ids.ts";
import type { Connection } from "../../rpc/server.ts";
import { createFakeTerminal, type FakeTerminal } from "../../testing/fake-sandboxes.ts";
import { maxOnTheWay } from "./output-flow.ts";
import { createTerminalCalls } from "./terminal-calls.ts";

const sessionId = SessionId.parse("s");
const size = { cols: 80, rows: 24 };

function connect(isHere?: boolean) {
  const pushes: Push[] = [];
  const closings: (() => void)[] = [];
  const connection: Connection = {
    push: (push) => void pushes.push(push),
    onClose: (listener) => void closings.push(listener),
    ...(isHere === undefined ? {} : { isHere }),
  };
  const output = () =>
    Buffer.concat(
      pushes.flatMap((push) => (push.type === "terminal.output" ? [push.bytes] : [])),
    ).toString();
  return { connection, pushes, output, close: () => closings.forEach((closing) => closing()) };
}

function setup() {
  const opened: { place: string; terminal: FakeTerminal }[] = [];
  let waiting: Promise<void> = Promise.resolve();
  const opens = (place: string) => async (_id: SessionId, asked: typeof size) => {
    await waiting;
    const terminal = createFakeTerminal(asked);
    opened.push({ place, terminal });
    return terminal;
  };
  let last = 0;
  const calls = createTerminalCalls({
    newId: () => `t${(last += 1)}`,
    checkSession: (asked) => {
      if (asked !== sessionId) throw new AetheriaError("not_found", "There is no such session.");
    },
    open: { sandbox: opens("sandbox"), machine: opens("machine") },
  });
  const open = async (connection: Connection, place: "sandbox" | "machine" = "sandbox") => {
    const { terminalId } = await calls["terminal.open"]({ sessionId, place, ...size }, connection);
    const terminal = opened.at(-1)?.terminal;
    if (!terminal) throw new Error("nothing was opened");
    return { terminalId, terminal };
  };
  const slowly = (until: Promise<void>) => void (waiting = until);
  return { calls, open, opened, slowly };
}

describe("a terminal", () => {
  it("takes what is typed and sends what is printed, to its own connection alone", async () => {
    const { calls, open } = setup();
    const [mine, other] = [connect(), connect()];
    const { terminalId, terminal } = await open(mine.connection);
    await calls["terminal.write"]({ terminalId, text: "ls\r" }, mine.connection);
    await calls["terminal.resize"]({ terminalId, cols: 120, rows: 0 }, mine.connection);
    expect(terminal).toMatchObject({ typed: ["ls\r"], size: { cols: 120, rows: 1 } });
    await terminal.print("a.txt\r\n");
    expect(mine.output()).toBe("a.txt\r\n");
    expect(other.pushes).toEqual([]);
    expect(() => calls["terminal.write"]({ terminalId, text: "x" }, other.connection)).toThrow(
      "This terminal has ended.",
    );
    await calls["terminal.close"]({ terminalId }, other.connection);
    expect(terminal.isClosed).toBe(false);
  });

  it("waits for a page that does not draw, and goes on when it does", async () => {
    const { calls, open } = setup();
    const mine = connect();
    const { terminalId, terminal } = await open(mine.connection);
    let isTaken = false;
    const printed = terminal.print("x".repeat(1_000_000)).then(() => (isTaken = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(mine.output()).toHaveLength(maxOnTheWay);
    for (let drawn = 0; !isTaken; drawn += 65_536) {
      expect(drawn).toBeLessThan(2_000_000);
      await calls["terminal.drawn"]({ terminalId, bytes: 65_536 }, mine.connection);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await printed;
    expect(mine.output()).toHaveLength(1_000_000);
  });

  it("tells of its end after the last of its output", async () => {
    const { calls, open } = setup();
    const mine = connect();
    const { terminalId, terminal } = await open(mine.connection);
    void terminal.print("x".repeat(maxOnTheWay + 10));
    terminal.exit(3);
    await new Promise((resolve) => setImmediate(resolve));
    await calls["terminal.drawn"]({ terminalId, bytes: maxOnTheWay }, mine.connection);
    await new Promise((resolve) => setImmediate(resolve));
    expect(mine.output()).toHaveLength(maxOnTheWay + 10);
    expect(mine.pushes.at(-1)).toEqual({ type: "terminal.ended", terminalId, exitCode: 3 });
  });

  it("ends with its connection, also one that is still being opened", async () => {
    const { open, opened, slowly } = setup();
    const mine = connect();
    const { terminal } = await open(mine.connection);
    void terminal.print("x".repeat(1_000_000));
    let go: () => void = () => undefined;
    slowly(new Promise((resolve) => (go = resolve)));
    const late = open(mine.connection);
    mine.close();
    expect(terminal.isClosed).toBe(true);
    go();
    await expect(late).rejects.toMatchObject({ code: "disconnected" });
    expect(opened.at(-1)?.terminal.isClosed).toBe(true);
  });

  it("on the machine opens only for who sits at it", async () => {
    const { open, opened } = setup();
    for (const elsewhere of [connect(), connect(false)])
      await expect(open(elsewhere.connection, "machine")).rejects.toMatchObject({
        code: "refused",
      });
    expect(opened).toEqual([]);
    await open(connect(true).connection, "machine");
    expect(opened).toMatchObject([{ place: "machine" }]);
  });

  it("needs a session, and a connection has sixteen at most", async () => {
    const { calls, open } = setup();
    const mine = connect();
    await expect(
      calls["terminal.open"](
        { sessionId: SessionId.parse("other"), place: "sandbox", ...size },
        mine.connection,
      ),
    ).rejects.toMatchObject({ code: "not_found" });
    for (let n = 0; n < 16; n += 1) await open(mine.connection);
    await expect(open(mine.connection)).rejects.toThrow("More than 16 terminals");
  });

  it("ends with the host", async () => {
    const { calls, open } = setup();
    const { terminal } = await open(connect().connection);
    calls.close();
    expect(terminal.isClosed).toBe(true);
  });
});
