// Playwright's own browser fetched over the real way out, from a server that hands out small archives of
// the same shape.
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ZipFile } from "yazl";
import { AetheriaError } from "../../contract/errors.ts";
import { openTestServer, type Answering, type TestServer } from "../../testing/http-server.ts";
import { createEgress, type Egress } from "../egress/egress.ts";
import { createFetched, type FetchProgress } from "./fetch-browser.ts";
import { findBrowser } from "./find-browser.ts";

const program = "#!/bin/sh\necho Chromium\n";
let server: TestServer;
let egress: Egress;
let folder: string;
let isOffline = false;
let answer: Answering;

beforeAll(async () => {
  server = await openTestServer((...asked) => answer(...asked));
  egress = createEgress({
    rules: () => ({ offline: isOffline, allowedPrivateHosts: [new URL(server.url).host] }),
    clock: { now: Date.now },
  });
});
afterAll(async () => {
  await egress?.close();
  await server?.close();
});
beforeEach(async () => {
  isOffline = false;
  folder = await mkdtemp(join(tmpdir(), "aetheria-fetch-browser-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function archive(fill: (zip: ZipFile) => void): Promise<Buffer> {
  const zip = new ZipFile();
  fill(zip);
  zip.end();
  return buffer(zip.outputStream);
}

const whole = (zip: ZipFile) => {
  zip.addBuffer(Buffer.from(program), "chrome-linux64/chrome", { mode: 0o100755 });
  zip.addBuffer(Buffer.alloc(300_000, "x"), "chrome-linux64/resources.pak");
  zip.addBuffer(Buffer.from("chrome"), "chrome-linux64/link", { mode: 0o120777 });
};

const gives =
  (bytes: Buffer): Answering =>
  (_seen, response) => {
    response.setHeader("content-length", bytes.length);
    response.end(bytes);
  };

function fetched(told: (FetchProgress | null)[] = []) {
  const made = createFetched({
    ...{ folder, platform: "linux", arch: "x64", from: server.url },
    fetch: egress.fetch("browser_fetch"),
    changed: () => void told.push(made.progress()),
  });
  return made;
}

const problemOf = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return error instanceof AetheriaError ? error : null;
};

describe("a browser that is fetched", () => {
  it("is whole, can be started and is found afterwards; progress is told", async () => {
    answer = gives(await archive(whole));
    const told: (FetchProgress | null)[] = [];
    const one = fetched(told);
    expect(await one.path()).toBeNull();
    await Promise.all([one.fetch(), one.fetch()]);
    const path = (await one.path()) ?? "";
    expect(await readFile(path, "utf8")).toBe(program);
    expect((await stat(path)).mode & 0o111).not.toBe(0);
    expect(await readFile(join(path, "..", "link"), "utf8")).toBe(program);
    expect(told.at(0)).toEqual({ doneBytes: 0, totalBytes: null });
    expect(told.at(-1)).toBeNull();
    expect(told.some((progress) => (progress?.doneBytes ?? 0) > 0)).toBe(true);
    const places = { env: {}, platform: "linux", home: folder, fetched: one.path } as const;
    expect(await findBrowser(places, "playwright")).toEqual({ kind: "playwright", path });
    expect(server.seen.at(-1)?.path).toMatch(/^\/[\d.]+\/linux64\/chrome-linux64\.zip$/);
    await one.fetch();
    expect(await one.path()).toBe(path);
  });

  it("that is stopped half way leaves nothing behind, and can be fetched again", async () => {
    const bytes = await archive(whole);
    const half = Promise.withResolvers<void>();
    answer = (_seen, response) => {
      response.setHeader("content-length", bytes.length);
      response.write(bytes.subarray(0, bytes.length >> 1), () => half.resolve());
    };
    const one = fetched();
    const fetching = problemOf(one.fetch());
    await half.promise;
    one.stop();
    expect(await fetching).toMatchObject({ code: "cancelled" });
    expect(await readdir(folder)).toEqual([]);
    expect(one.progress()).toBeNull();
    answer = gives(bytes);
    await one.fetch();
    expect(await one.path()).not.toBeNull();
  });

  it.each<[string, () => Promise<Buffer>]>([
    ["is no archive", () => Promise.resolve(Buffer.from("<h1>Sign in to the wireless</h1>"))],
    ["is cut", async () => (await archive(whole)).subarray(0, 500)],
    ["has no browser in it", () => archive((zip) => zip.addBuffer(Buffer.from("x"), "readme"))],
    [
      "has a link that leads out",
      () =>
        archive((zip) => {
          whole(zip);
          zip.addBuffer(Buffer.from("../../../etc"), "chrome-linux64/out", { mode: 0o120777 });
        }),
    ],
    [
      "reaches outside",
      async () => {
        const bytes = await archive((zip) => {
          whole(zip);
          zip.addBuffer(Buffer.from("x"), "aaaaaa/evil");
        });
        const text = bytes.toString("latin1").replaceAll("aaaaaa/evil", "../../../ev");
        return Buffer.from(text, "latin1");
      },
    ],
  ])("and %s is refused in a sentence", async (_what, made) => {
    answer = gives(await made());
    const one = fetched();
    const problem = await problemOf(one.fetch());
    expect(problem?.message).toMatch(/\.$/);
    expect(problem?.hint).toBeTruthy();
    expect(await one.path()).toBeNull();
    expect(await readdir(folder)).toEqual([]);
  });

  it("is not there for the server, or nobody may leave: it says so", async () => {
    answer = (_seen, response) => void response.writeHead(404).end();
    expect(await problemOf(fetched().fetch())).toMatchObject({ code: "not_found" });
    isOffline = true;
    const away = createFetched({
      ...{ folder, platform: "linux", arch: "x64", from: "https://browsers.example" },
      ...{ fetch: egress.fetch("browser_fetch"), changed: () => undefined },
    });
    expect(await problemOf(away.fetch())).toMatchObject({ code: "offline" });
  });

  it("does not exist for every system", async () => {
    const one = createFetched({
      ...{ folder, platform: "freebsd", arch: "x64", from: server.url },
      ...{ fetch: egress.fetch("browser_fetch"), changed: () => undefined },
    });
    expect(await one.path()).toBeNull();
    expect(await problemOf(one.fetch())).toMatchObject({ code: "part_missing" });
  });
});
