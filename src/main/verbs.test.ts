import { describe, expect, it } from "vitest";
import { desktopVerbs, type DesktopVerb } from "../contract/desktop.ts";
import { AetheriaError } from "../contract/errors.ts";
import { answerVerbs, type VerbAnswer, type VerbHandlers } from "./verbs.ts";

type Listener = Parameters<Parameters<typeof answerVerbs>[0]["handle"]>[1];
type Frame = { url: string; parent: object | null };

const page: Frame = { url: "app://aetheria/index.html", parent: null };

function rig(fail?: Error) {
  const listeners = new Map<string, Listener>();
  const ran: string[] = [];
  const logged: string[] = [];
  const names = Object.keys(desktopVerbs) as DesktopVerb[];
  const handlers: VerbHandlers = Object.fromEntries(
    names.map((name): readonly unknown[] => [
      name,
      () => {
        ran.push(name);
        if (fail) throw fail;
        return {};
      },
    ]),
  );
  answerVerbs(
    { handle: (channel, listener) => void listeners.set(channel, listener) },
    handlers,
    (message) => logged.push(message),
  );
  const call = (channel: string, input: unknown, senderFrame: Frame | null = page) =>
    listeners.get(channel)?.({ senderFrame, sender: {} } as Parameters<Listener>[0], input) as
      Promise<VerbAnswer> | undefined;
  return { listeners, ran, logged, call };
}

describe("the door for the page", () => {
  it("has one handler for each verb", () => {
    const channels = Object.keys(desktopVerbs).map((name) => `aetheria:${name}`);
    expect([...rig().listeners.keys()].sort()).toEqual(channels.sort());
  });

  it.each<[string, Frame | null]>([
    ["a frame inside the page", { ...page, parent: {} }],
    ["another page", { ...page, url: "https://example.invalid/" }],
    ["a look-alike", { ...page, url: "app://aetheria.evil/" }],
    ["a frame that is gone", null],
  ])("refuses %s without effect", async (_who, frame) => {
    const { call, ran } = rig();
    expect(await call("aetheria:restartHost", {}, frame)).toMatchObject({
      ok: false,
      error: { code: "refused" },
    });
    expect(ran).toEqual([]);
  });

  it.each([undefined, null, 7, "x", [], [{}], new Date(), new Map(), () => 1])(
    "refuses the input %s",
    async (input) => {
      const { call, ran } = rig();
      for (const name of Object.keys(desktopVerbs))
        expect(await call(`aetheria:${name}`, input)).toMatchObject({
          ok: false,
          error: { code: "bad_input" },
        });
      expect(ran).toEqual([]);
    },
  );

  it("answers what fails in data: ours as it is, everything else without its innards, in the log", async () => {
    const known = rig(new AetheriaError("not_found", "That file is not there any more."));
    expect(await known.call("aetheria:readLog", {})).toMatchObject({
      ok: false,
      error: { code: "not_found", message: "That file is not there any more." },
    });
    expect(known.logged).toEqual([]);
    const unknown = rig(new TypeError("secret innards"));
    expect(JSON.stringify(await unknown.call("aetheria:readLog", {}))).not.toContain("innards");
    expect(unknown.logged).toEqual(["unexpected in readLog"]);
  });
});
