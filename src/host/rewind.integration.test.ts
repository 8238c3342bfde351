import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { openStreamingServer, type StreamingServer } from "../../bench/streaming-server.ts";
import type { Push } from "../contract/calls.ts";
import { openRealHost, temporaryFolder, type RealHost } from "../testing/real-host.ts";
import { watchSession } from "../testing/watch-session.ts";

let model: StreamingServer;
let at: RealHost;

// The model does what the message says: a list of calls as JSON, one turn, then a word.
beforeAll(async () => {
  model = await openStreamingServer((messages) => {
    const last = messages.findLastIndex(({ role }) => role === "user");
    const isFirst = !messages.slice(last).some(({ role }) => role === "tool");
    const [, json = "[]"] = /(\[\{.*\}\])/.exec(JSON.stringify(messages[last]?.content)) ?? [];
    const text = json.replaceAll('\\"', '"');
    return isFirst ? { calls: JSON.parse(text) as Call[] } : { pieces: ["Done."] };
  });
  at = await openRealHost({ env: { OPENAI_BASE_URL: model.url } });
  await at.client.call("grant.add", { grant });
});
afterAll(async () => {
  await at.close();
  await model.close();
});

const grant = { verdict: "allow" as const, tool: "delete_file", sessionId: null };

type Call = { name: string; input: object };

async function treeOf(root: string): Promise<Record<string, string>> {
  const tree: Record<string, string> = {};
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    tree[path.slice(root.length + 1)] = entry.isFile() ? await readFile(path, "utf8") : "folder";
  }
  return tree;
}

async function start(files: Record<string, string>) {
  const workspace = await temporaryFolder("rewind");
  onTestFinished(() => rm(workspace, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(workspace, path, ".."), { recursive: true });
    await writeFile(join(workspace, path), content);
  }
  const session = await at.start({ workspace, mode: "autonomous" });
  const { sessionId } = session;
  const ask = async (...calls: Call[]) => {
    const { outcome } = await session.ask(JSON.stringify(calls));
    expect(outcome).toBe("done");
    return treeOf(workspace);
  };
  const moments = async () => (await at.client.call("session.moments", { sessionId })).moments;
  const preview = (toSeq: number) => at.client.call("session.rewindPreview", { sessionId, toSeq });
  const rewind = (toSeq: number, more: { keepBranch?: boolean; files?: boolean } = {}) =>
    at.client.call("session.rewind", { sessionId, toSeq, files: true, ...more });
  return { workspace, session, sessionId, ask, moments, preview, rewind };
}

const write = (path: string, content: string): Call => ({
  name: "write_file",
  input: { path, content },
});
const remove = (path: string): Call => ({ name: "delete_file", input: { path } });
const move = (from: string, to: string): Call => ({ name: "move_file", input: { from, to } });

describe("a session whose agent changed files", () => {
  it("goes back to each moment and back again, with what was said", async () => {
    const { workspace, sessionId, session, ask, moments, preview, rewind } = await start({
      "notes.txt": "first",
      "src/main.ts": "code",
    });
    const trees = [await treeOf(workspace)];
    trees.push(await ask(write("notes.txt", "second"), write("new/a.txt", "a")));
    trees.push(await ask(move("src", "lib"), write("lib/main.ts", "better")));
    trees.push(await ask(remove("notes.txt"), remove("new")));
    const ways = await moments();
    expect(ways.map(({ restores, removes }) => [restores, removes])).toEqual([
      [2, 0],
      [3, 1],
      [2, 1],
      [2, 1],
    ]);
    expect(ways.map(({ title }) => title?.slice(0, 10))).toEqual([
      '[{"name":"',
      '[{"name":"',
      '[{"name":"',
      undefined,
    ]);

    const last = session.events.at(-1)?.seq ?? 0;
    for (const [back, tree] of [...trees].reverse().slice(1).entries()) {
      const { toSeq = 0 } = ways[back] ?? {};
      const told = await preview(toSeq);
      expect(told.messages).toBe(2);
      const done = await rewind(toSeq, { keepBranch: back === 0 });
      expect(done.failed).toEqual([]);
      expect([...done.restored, ...done.removed].sort()).toEqual(
        told.files.map(({ path }) => path).sort(),
      );
      expect(await treeOf(workspace)).toEqual(tree);
      const { events } = await at.client.call("session.open", { sessionId });
      expect(events.at(-1)).toMatchObject({ type: "rewind.done", data: { toSeq } });
      if (back === 0) await expectBranch(done.branch, last);
    }
    expect((await moments()).map(({ title }) => title)).toEqual([null]);

    // The rewinds' own effects are effects too: up to each of them the files come back.
    await rewind(last);
    expect(await treeOf(workspace)).toEqual(trees.at(-1));
    await rewind(1);
    expect(await treeOf(workspace)).toEqual(trees[0]);
  });

  async function expectBranch(branch: string | null, seq: number) {
    expect(branch).not.toBeNull();
    const { sessions } = await at.client.call("session.list", {});
    const kept = sessions.find((one) => one.sessionId === branch);
    expect(kept?.title).toMatch(/ \(before rewind\)$/);
    if (!kept) return;
    const { events } = await watchSession(at.client, kept.sessionId);
    expect(events[0]).toMatchObject({ data: { forkedFrom: { seq } } });
    expect(events.filter(({ type }) => type === "message.sent")).toHaveLength(3);
  }

  it("keeps what somebody else wrote since in the trash, and tells of it first", async () => {
    const { workspace, sessionId, ask, moments, preview, rewind } = await start({ f: "old" });
    await ask(write("f", "agent's"));
    await writeFile(join(workspace, "f"), "mine");
    const { changes } = await at.client.call("file.changes", { sessionId });
    expect(changes).toMatchObject([{ path: "f", change: "modified", changedSince: true }]);
    const [{ toSeq } = { toSeq: 0 }] = await moments();
    expect((await preview(toSeq)).files).toMatchObject([
      { path: "f", action: "restore", changedSince: true },
    ]);
    await rewind(toSeq);
    expect(await readFile(join(workspace, "f"), "utf8")).toBe("old");
    const { items } = await at.client.call("trash.list", { sessionId });
    const [item] = items;
    expect(items).toMatchObject([{ path: join(workspace, "f"), sizeBytes: 4 }]);
    const asked = { sessionId, trashId: item?.trashId ?? "" };
    const { path } = await at.client.call("trash.restore", asked);
    expect(await readFile(path, "utf8")).toBe("mine");
    expect((await at.client.call("file.changes", { sessionId })).changes).toEqual([]);
  });

  it("leaves the files when only the conversation goes back, and still can take them back", async () => {
    const { workspace, ask, moments, rewind } = await start({ f: "old" });
    const changed = await ask(write("f", "new"));
    const [{ toSeq } = { toSeq: 0 }] = await moments();
    expect(await rewind(toSeq, { files: false })).toEqual({
      ...{ branch: null, restored: [], removed: [], failed: [] },
    });
    expect(await treeOf(workspace)).toEqual(changed);
    await rewind(toSeq);
    expect(await treeOf(workspace)).toEqual({ f: "old" });
  });

  it("says so when the folder is gone, and keeps the conversation as it is", async () => {
    const { workspace, session, moments, ask, preview, rewind } = await start({ f: "old" });
    await ask(write("f", "new"));
    await rm(workspace, { recursive: true });
    const [{ toSeq } = { toSeq: 0 }] = await moments();
    await expect(preview(toSeq)).rejects.toMatchObject({ code: "workspace_missing" });
    await expect(rewind(toSeq)).rejects.toMatchObject({ code: "workspace_missing" });
    expect(session.events.some(({ type }) => type === "rewind.done")).toBe(false);
    await expect(rewind(99_999)).rejects.toMatchObject({ code: "bad_input" });
    await rewind(toSeq, { files: false });
  });

  it("tells every client that files changed, once for many of them", async () => {
    const { sessionId, ask } = await start({});
    const isIt = (push: Push) => push.type === "files.changed" && push.sessionId === sessionId;
    await ask(...Array.from({ length: 10 }, (_, i) => write(`${i}`, "x")));
    await at.pushed((push) => (isIt(push) ? true : undefined));
    expect(at.pushes.filter(isIt).length).toBeLessThan(10);
  });
});
