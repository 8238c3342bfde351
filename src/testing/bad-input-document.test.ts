// Holds docs/bad-input.md to the sentences of the page and of what only needs a file to go wrong; the
// rest is held by the tests that make it go wrong.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { damaged, newer, openBackup } from "../host/data/backup-entries.ts";
import { createJobs } from "../host/data/job.ts";
import { openZip } from "../host/sessions/transfer-zip.ts";
import { Updates } from "../main/updates.ts";
import { plainName } from "../renderer/ui/plain-name.ts";
import { chat } from "../renderer/words/english/chat.ts";
import { composer } from "../renderer/words/english/composer.ts";
import { desktop } from "../renderer/words/english/desktop.ts";
import { files } from "../renderer/words/english/files.ts";
import { sessions } from "../renderer/words/english/sessions.ts";
import { settings } from "../renderer/words/english/settings.ts";
import { badInputPage, documented } from "./bad-input-document.ts";

/** What the way there throws. */
const thrown = (attempt: Promise<unknown>): Promise<unknown> =>
  attempt.then(
    () => expect.unreachable(),
    (error: unknown) => error,
  );

const noLine = () => Promise.reject(new Error("no line"));

function updates(openUpdater: (() => Promise<never>) | null, isOffline = false): Updates {
  return new Updates({
    openUpdater,
    policy: () => "ask",
    isOffline: () => isOffline,
    now: () => 0,
    onState: () => undefined,
  });
}

describe("docs/bad-input.md", () => {
  it.each([
    desktop.troubleTitle,
    desktop.waits,
    desktop.restart,
    desktop.showLog,
    desktop.openFolder,
    `${composer.pasted}: ${composer.pastedHint}`,
    composer.tooLong,
    composer.tooLongHint,
    plainName("\u202e"),
    settings.desktop.keychains.basic_text,
    files.rewind.busy,
    files.rewind.changedSince,
    files.rewind.chatOnly,
    chat.cancel,
    sessions.imported(2, 1),
  ])("has the page's sentence “%s”", (sentence) => {
    expect(badInputPage).toContain(sentence);
  });

  it("has what is said of backups", async () => {
    documented(damaged());
    documented(newer());
    const folder = await mkdtemp(join(tmpdir(), "aetheria-document-"));
    try {
      const path = join(folder, "holiday.zip");
      await writeFile(path, "no zip at all");
      documented(await thrown(openBackup(path, folder)));
    } finally {
      await rm(folder, { recursive: true });
    }
    const jobs = createJobs(() => undefined);
    const first = jobs.run(
      "backup",
      ({ signal }) => new Promise((_done, stopped) => signal.addEventListener("abort", stopped)),
    );
    documented(await thrown(jobs.run("export", () => Promise.resolve())));
    jobs.stop();
    await thrown(first);
  });

  it("has what is said of a damaged zip", async () => {
    documented(await thrown(openZip(Buffer.from("PK\u0003\u0004 and then nothing"))));
  });

  it.each([
    ["unreachable", updates(noLine)],
    ["not to be looked for offline", updates(noLine, true)],
  ])("has what is said of an update that is %s", async (_why, unable) => {
    await unable.check();
    const { state } = unable;
    if (state.phase !== "failed") expect.unreachable();
    else documented(state.error);
  });

  it("has why a copy from its sources has no updates", () => {
    const { state } = updates(null);
    expect(badInputPage).toContain(state.phase === "unsupported" ? state.why : state.phase);
  });
});
