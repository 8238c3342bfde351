import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { SessionEvent } from "../../contract/events.ts";
import { SessionId } from "../../contract/ids.ts";
import { created } from "../../testing/store-suite.ts";
import { createMemoryStore } from "../../testing/memory-store.ts";
import { writeExport } from "./export-all.ts";

it("takes along what a model gave a tool, however deep it is", async () => {
  const folder = mkdtempSync(join(tmpdir(), "aetheria-export-"));
  try {
    const store = createMemoryStore({ clock: { now: () => 1 } });
    store.append(SessionId.parse("session-1"), [created()], "normal");
    let input: unknown = "x";
    for (let depth = 0; depth < 20_000; depth += 1) input = { input };
    const call = {
      ...{ callId: "c", runId: null, by: "agent", turn: 0, name: "odd", family: "files" },
      ...{ summary: "", input, effect: "read" },
    };
    const event = SessionEvent.parse({ seq: 2, at: 1, type: "tool.requested", data: call });
    const signal = new AbortController().signal;
    const nothing = () => undefined;
    const job = { signal, expect: nothing, add: nothing, reach: nothing };
    const exportSession = () => Promise.resolve({ name: "x.md", text: "x" });
    const parts = { store: { ...store, events: () => [event] }, exportSession };
    await expect(writeExport(parts, join(folder, "all.zip"), job)).resolves.toBeUndefined();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
