// The host is killed while files change, and while they are taken back: nothing is lost, and doing it
// again ends where it was meant to end.
import { existsSync, readdirSync, readFileSync, watch } from "node:fs";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { SessionId } from "../contract/ids.ts";
import type { Client } from "../rpc/client.ts";
import { startKillableHost, type KillableHost } from "../testing/killable-host.ts";
import { temporaryFolder } from "../testing/real-host.ts";

const names = Array.from({ length: 60 }, (_, i) => `f${i}`);

async function setUp() {
  const folder = await temporaryFolder("rewind-kill");
  const [dataDir, workspace] = [join(folder, "data"), join(folder, "work")];
  await mkdir(workspace, { recursive: true });
  for (const name of names) await writeFile(join(workspace, name), `old ${name}`);
  const hosts: KillableHost[] = [];
  const start = async () => {
    const host = await startKillableHost(dataDir);
    hosts.push(host);
    return host;
  };
  onTestFinished(async () => {
    for (const host of hosts) await host.kill();
    await rm(folder, { recursive: true, force: true });
  });
  const host = await start();
  const { sessionId } = await host.client.call("session.create", { workspace, mode: "autonomous" });
  return { dataDir, workspace, start, host, sessionId };
}

const write = (client: Client, sessionId: SessionId, path: string) =>
  client.call("tool.run", {
    ...{ sessionId, name: "write_file" },
    input: { path, content: `new ${path}` },
  });

const contents = (workspace: string) =>
  Promise.all(names.map((name) => readFile(join(workspace, name), "utf8")));

/** Resolves once so many files of the workspace begin with this word. */
function untilWritten(workspace: string, word: string, count: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = () => {
    const begun = names.filter((name) => {
      const path = join(workspace, name);
      return existsSync(path) && readFileSync(path, "utf8").startsWith(word);
    });
    if (begun.length >= count) resolve();
  };
  const watcher = watch(workspace, look);
  look();
  return promise.finally(() => watcher.close());
}

/** What the trash holds. A host killed between making a place and filling it leaves an empty place. */
function trashed(dataDir: string, sessionId: SessionId): string[] {
  const folder = join(dataDir, "trash", sessionId);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((id) => join(folder, id, "content"))
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path, "utf8"));
}

describe("a host that is killed", { timeout: 120_000 }, () => {
  it("while it takes files back leaves each one whole, and is done when asked again", async () => {
    const at = await setUp();
    const { sessionId, workspace, dataDir } = at;
    for (const name of names) await write(at.host.client, sessionId, name);
    const whole = (tree: string[]) =>
      names.every((name, i) => tree[i] === `old ${name}` || tree[i] === `new ${name}`);

    let { host } = at;
    for (const count of [1, 20, 45]) {
      const rewinding = host.client
        .call("session.rewind", { sessionId, toSeq: 1, files: true })
        .catch(() => "killed");
      await untilWritten(workspace, "old", count);
      await host.kill();
      await rewinding;
      const tree = await contents(workspace);
      expect(whole(tree)).toBe(true);
      const kept = trashed(dataDir, sessionId);
      for (const [i, name] of names.entries())
        if (tree[i] === `old ${name}`) expect(kept).toContain(`new ${name}`);
      host = await at.start();
    }
    const done = await host.client.call("session.rewind", { sessionId, toSeq: 1, files: true });
    expect(done.failed).toEqual([]);
    expect(await contents(workspace)).toEqual(names.map((name) => `old ${name}`));
    expect((await readdir(workspace)).filter((name) => !name.startsWith("."))).toHaveLength(60);
    const { events } = await host.client.call("session.open", { sessionId });
    expect(events.at(-1)).toMatchObject({ type: "rewind.done", data: { toSeq: 1 } });
  });

  it("while tools write can still take back what they wrote, the last one too", async () => {
    for (const count of [1, 3, 7]) {
      const at = await setUp();
      const { sessionId, workspace } = at;
      const writing = (async () => {
        for (const name of names) await write(at.host.client, sessionId, name);
      })().catch(() => "killed");
      await untilWritten(workspace, "new", count);
      await at.host.kill();
      await writing;
      const { client } = await at.start();
      await client.call("session.open", { sessionId });
      const { failed } = await client.call("session.rewind", { sessionId, toSeq: 1, files: true });
      expect(failed).toEqual([]);
      expect(await contents(workspace)).toEqual(names.map((name) => `old ${name}`));
    }
  });
});
