import { describe, expect, it } from "vitest";
import type { Push } from "../../contract/calls.ts";
import type { BrowserStatus } from "../../contract/browser.ts";
import type { SessionId } from "../../contract/ids.ts";
import { BrowserState, type BrowserPage } from "./browser-state.svelte.ts";

const sessionId = "s1" as SessionId;
const status: BrowserStatus = {
  ...{ program: { kind: "chromium", title: "Chromium" }, phase: "open", problem: null },
  ...{ fetch: null, notice: null, profile: { kind: "session" }, profiles: [], driver: "agent" },
  ...{ agentWaits: false, tabs: [], canGoBack: false, canGoForward: false, dialog: null },
  ...{ chooser: null, downloads: [], doing: null, sites: [], blockedHosts: [] },
  viewport: { width: 1280, height: 800 },
};
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

function fakePage(answer: (name: string) => unknown = () => ({})) {
  const calls: { name: string; input: unknown }[] = [];
  const told: string[] = [];
  let tell: (push: Push) => void = () => undefined;
  let shown: Partial<BrowserStatus> = {};
  const page: unknown = {
    attempt: (step: () => Promise<unknown>) =>
      step().catch((error: Error) => void told.push(error.message)),
    connection: {
      call: async (name: string, input: unknown) => {
        calls.push({ name, input });
        await Promise.resolve();
        if (name === "browser.status") return { ...status, ...shown };
        const given = answer(name);
        if (given instanceof Error) throw given;
        return given;
      },
      onPush: (listener: (push: Push) => void) => {
        tell = listener;
        return () => (tell = () => undefined);
      },
    },
  };
  const state = new BrowserState(page as BrowserPage, sessionId);
  return {
    ...{ state, calls, told },
    names: () => calls.map(({ name }) => name),
    changed: (of = sessionId) => tell({ type: "browser.changed", sessionId: of }),
    shows: async (change: Partial<BrowserStatus>) => {
      shown = change;
      state.look();
      await settle();
    },
  };
}

describe("the browser on the screen", () => {
  it("is asked about when it changed, once for many changes, and of its own session", async () => {
    const { state, names, changed } = fakePage();
    for (let at = 0; at < 5; at += 1) changed();
    changed("other" as SessionId);
    await settle();
    expect(names()).toEqual(["browser.status", "browser.status"]);
    expect(state.isOpen).toBe(true);
    state.close();
    changed();
    await settle();
    expect(names()).toHaveLength(2);
  });

  it("is in the person's hands once they opened it", async () => {
    const { state, calls } = fakePage();
    const opening = state.open();
    expect(state.isOpening).toBe(true);
    await opening;
    expect(state.isOpening).toBe(false);
    expect(calls.filter(({ name }) => name !== "browser.status")).toEqual([
      { name: "browser.open", input: { sessionId } },
      { name: "browser.drive", input: { sessionId, driver: "person" } },
    ]);
  });

  it("is not taken over when it could not be opened", async () => {
    const { state, names, told } = fakePage((name) =>
      name === "browser.open" ? new Error("No way.") : {},
    );
    expect(await state.open()).toBe(false);
    expect(names()).not.toContain("browser.drive");
    expect(told).toEqual(["No way."]);
  });

  it("counts what only the person can settle", async () => {
    const { state, shows } = fakePage();
    const dialog = { kind: "alert", message: "Hi", defaultText: "" } as const;
    expect(state.waiting).toBe(0);
    await shows({ dialog });
    expect(state.waiting).toBe(0);
    await shows({ dialog, driver: "person", agentWaits: true });
    expect(state.waiting).toBe(2);
    await shows({ driver: "person", chooser: { multiple: false } });
    expect(state.waiting).toBe(1);
  });

  it("tells what the tool says when a file cannot be saved", async () => {
    const error = { code: "bad_input", message: "It is too large." };
    const { state, told } = fakePage((name) => (name === "tool.run" ? { error } : {}));
    expect(await state.save("d1")).toBe(false);
    expect(told).toEqual(["It is too large."]);
  });

  it("makes no noise about a movement that missed its page", async () => {
    const { state, told } = fakePage((name) =>
      name === "browser.input" ? new Error("The agent drives.") : {},
    );
    await state.send([{ kind: "text", text: "a" }]);
    expect(told).toEqual([]);
  });
});
