import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SessionId } from "../../contract/ids.ts";
import { createScratch } from "./scratch.ts";

const [one, two] = ["one" as SessionId, "two" as SessionId];
let root = "";
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), "aetheria-scratch-"))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe("scratch folders", () => {
  it("give a session the one that waited, and the next session another", async () => {
    const scratch = createScratch(root);
    const waiting = await scratch.next();
    expect(await scratch.claim(one)).toBe(waiting);
    expect(await scratch.claim(two)).not.toBe(waiting);
    expect(await scratch.claim(one)).toBe(waiting);
  });

  it("are the same for a session after a restart", async () => {
    const folder = await createScratch(root).claim(one);
    writeFileSync(join(folder, "kept.txt"), "");
    const next = createScratch(root);
    expect(await next.of(one)).toBe(folder);
    expect(await next.of(two)).toBeNull();
  });

  it("never give one folder to two sessions that ask at once", async () => {
    const scratch = createScratch(root);
    const folders = await Promise.all([scratch.claim(one), scratch.claim(two)]);
    expect(new Set(folders).size).toBe(2);
    expect(await createScratch(root).of(one)).toBe(folders[0]);
    expect(await createScratch(root).of(two)).toBe(folders[1]);
  });

  it("go with their session, and what nobody owns is swept", async () => {
    const scratch = createScratch(root);
    const [folder, other] = [await scratch.claim(one), await scratch.claim(two)];
    await scratch.remove(one);
    expect(existsSync(folder)).toBe(false);
    await createScratch(root).next();
    const waiting = await scratch.next();
    await scratch.sweep((sessionId) => sessionId === two);
    expect(
      readdirSync(root)
        .sort()
        .map((name) => join(root, name)),
    ).toEqual([other, waiting, join(root, "owners.json")].sort());
    await scratch.sweep(() => false);
    expect(existsSync(other)).toBe(false);
  });
});
