import { beforeEach, describe, expect, it } from "vitest";
import { SessionId } from "../../contract/ids.ts";
import { createBrowserNotes } from "./browser-notes.ts";
import { createEgressLog, type EgressLog } from "./egress-log.ts";

const sessionId = SessionId.parse("s");
const a = { host: "a.example", port: 443 };
const b = { host: "b.example", port: 443 };
let now: number;
let log: EgressLog;
let note: ReturnType<typeof createBrowserNotes>;
beforeEach(() => {
  now = 1_000_000;
  log = createEgressLog(2_000);
  note = createBrowserNotes(log, { now: () => now }, sessionId);
});
/** Oldest first. */
const lines = () =>
  log
    .read(sessionId, 2_000)
    .toReversed()
    .map(({ host, port, address, allowed }) => `${host}:${port} ${address} ${allowed}`);

describe("connections of a browser in the log", () => {
  it("are one line for a host within a minute", () => {
    for (let at = 0; at < 20; at++) note(a).out("203.0.113.1");
    expect(lines()).toEqual(["a.example:443 203.0.113.1 true"]);
    expect(log.read(sessionId, 1)).toMatchObject([{ purpose: "browser", at: 1_000_000 }]);
  });

  it("are another line after it, and for another host or port", () => {
    note(a).out("203.0.113.1");
    note(b).out("203.0.113.2");
    note({ ...a, port: 80 }).out("203.0.113.1");
    now += 60_000;
    note(a).out("203.0.113.3");
    expect(lines()).toEqual([
      "a.example:443 203.0.113.1 true",
      "b.example:443 203.0.113.2 true",
      "a.example:80 203.0.113.1 true",
      "a.example:443 203.0.113.3 true",
    ]);
  });

  it("that are refused say why, once", () => {
    for (let at = 0; at < 5; at++) note(a).refused("It is blocked.");
    expect(lines()).toEqual(["a.example:443 null false"]);
    expect(log.read(sessionId, 1)[0]?.why).toBe("It is blocked.");
    note(a).refused("Aetheria is offline.");
    expect(log.read(sessionId, 1)[0]?.why).toBe("Aetheria is offline.");
    expect(lines()).toHaveLength(2);
  });

  it("have a line of their own where the outcome is another", () => {
    note(a).out("203.0.113.1");
    note(a).refused("It is blocked.");
    note(a).out("203.0.113.1");
    expect(lines()).toEqual([
      "a.example:443 203.0.113.1 true",
      "a.example:443 null false",
      "a.example:443 203.0.113.1 true",
    ]);
  });

  it("are not forgotten when there are very many hosts", () => {
    for (let at = 0; at < 600; at++) note({ host: `h${at}.example`, port: 443 }).out("203.0.113.1");
    expect(lines()).toHaveLength(600);
  });
});
