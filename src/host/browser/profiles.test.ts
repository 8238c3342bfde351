import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SessionId } from "../../contract/ids.ts";
import { createProfiles, type Profiles } from "./profiles.ts";

const [one, other] = ["session-1", "session-2"] as [SessionId, SessionId];
let root: string;
let profiles: Profiles;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "aetheria-profiles-"));
  profiles = createProfiles(root);
});
afterEach(() => rm(root, { recursive: true, force: true }));

const named = (name: string) => ({ kind: "named", name }) as const;

describe("profiles", () => {
  it("of sessions are theirs, and go with them", async () => {
    const mine = await profiles.open(one, { kind: "session" });
    const theirs = await profiles.open(other, { kind: "session" });
    expect(mine.folder).not.toBe(theirs.folder);
    expect(mine.isPrivate).toBe(false);
    await mine.markPrivate();
    await mine.release();
    expect((await profiles.open(one, { kind: "session" })).isPrivate).toBe(true);
    await profiles.forgetSession(one);
    expect((await profiles.open(one, { kind: "session" })).isPrivate).toBe(false);
  });

  it("without traces are gone when they are let go", async () => {
    const { folder, release } = await profiles.open(one, { kind: "incognito" });
    await mkdir(folder);
    await release();
    expect(existsSync(folder)).toBe(false);
  });

  it("with a name are one session's at a time, however the name is written", async () => {
    const work = await profiles.open(one, named("Work"));
    expect(work.isPrivate).toBe(true);
    await mkdir(work.folder, { recursive: true });
    await expect(profiles.open(other, named("work"))).rejects.toMatchObject({ code: "conflict" });
    await expect(profiles.forgetNamed("WORK")).rejects.toMatchObject({ code: "conflict" });
    await work.release();
    expect((await profiles.open(other, named("work"))).folder).toBe(work.folder);
    expect(await profiles.names()).toEqual(["Work"]);
  });

  it("with a name are forgotten with all that is in them, and unknown ones are not", async () => {
    const { folder, release } = await profiles.open(one, named("Shop"));
    await mkdir(folder, { recursive: true });
    await release();
    await profiles.forgetNamed("Shop");
    expect(await profiles.names()).toEqual([]);
    await expect(profiles.forgetNamed("Shop")).rejects.toMatchObject({ code: "not_found" });
  });

  it("of sessions that are gone, and temporary ones, are swept", async () => {
    for (const sessionId of [one, other])
      await mkdir((await profiles.open(sessionId, { kind: "session" })).folder, {
        recursive: true,
      });
    const { folder } = await profiles.open(one, { kind: "incognito" });
    await mkdir(folder);
    await profiles.sweep((sessionId) => sessionId === one);
    expect(existsSync(folder)).toBe(false);
    expect(await readdir(join(root, "sessions"))).toEqual([one]);
  });
});
