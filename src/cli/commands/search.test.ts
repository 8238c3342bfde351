import { describe, expect, it } from "vitest";
import type { CallOutput } from "../../contract/calls.ts";
import { captureIo } from "../../testing/captured-io.ts";
import { createFakeHost } from "../../testing/fake-host.ts";
import { fakeParts } from "../../testing/fake-parts.ts";
import { fakeIds } from "../../testing/fake-session.ts";
import { runCli } from "../cli.ts";

const hit = {
  sessionId: fakeIds.session,
  sessionTitle: "Trip",
  seq: 4,
  at: new Date(2026, 4, 1, 9, 30).getTime(),
  role: "person" as const,
  extract: ["the ", "train", " to\nLyon"],
};
const partsFinding = (found: CallOutput<"session.search">) =>
  fakeParts(createFakeHost({ "session.search": () => found }));

describe("aetheria search", () => {
  it("shows title, time, who and the words found", async () => {
    const captured = captureIo();
    const parts = partsFinding({ hits: [hit], complete: true });
    expect(await runCli(["search", "train"], captured.io, parts)).toBe(0);
    expect(captured.out()).toBe(
      "Trip  2026-05-01 09:30 · you · session-1\n  the *train* to Lyon\n",
    );
  });

  it("marks the words with colour on a terminal", async () => {
    const captured = captureIo({ tty: true });
    await runCli(["search", "train"], captured.io, partsFinding({ hits: [hit], complete: true }));
    expect(captured.out()).toContain("the \u001b[7mtrain\u001b[0m to Lyon");
  });

  it("says when nothing was found, and when time ran out", async () => {
    const captured = captureIo();
    const parts = partsFinding({ hits: [], complete: false });
    expect(await runCli(["search", "train"], captured.io, parts)).toBe(0);
    expect(captured.out()).toBe("");
    expect(captured.err()).toContain("Nothing was found.");
    expect(captured.err()).toContain("no time to look at everything");
  });

  it("prints each hit as a JSON line and a result last", async () => {
    const captured = captureIo();
    const parts = partsFinding({ hits: [hit], complete: true });
    await runCli(["search", "train", "--json"], captured.io, parts);
    expect(captured.lines()).toEqual([
      { type: "hit", ...hit },
      { type: "result", hits: 1, complete: true },
    ]);
  });
});
