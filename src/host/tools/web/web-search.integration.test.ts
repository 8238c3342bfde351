import { afterEach, describe, expect, it } from "vitest";
import { CallId, SessionId } from "../../../contract/ids.ts";
import type { Settings } from "../../../contract/settings.ts";
import type { ToolContext, ToolResult } from "../../../core/ports.ts";
import { openTestServer, type Answering, type TestServer } from "../../../testing/http-server.ts";
import { createFakeBrowsers, type FakePage } from "../../../testing/fake-browsers.ts";
import { createReadInTab } from "../browser/read-in-tab.ts";
import { createEgress } from "../../egress/egress.ts";
import { checkSearchKey } from "./web-search-api.ts";
import { webSearchTool, type WebSearchSetup } from "./web-search.ts";

const closings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0)) await close();
});

const sessionId = SessionId.parse("s");
const context: ToolContext = {
  ...{ sessionId, callId: CallId.parse("c"), workspace: null, changed: () => undefined },
  signal: new AbortController().signal,
};

async function serve(answer: Answering): Promise<TestServer> {
  const server = await openTestServer(answer);
  closings.push(server.close);
  return server;
}

const json =
  (value: unknown): Answering =>
  (_seen, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(value));
  };
const status =
  (code: number, headers: Record<string, string> = {}): Answering =>
  (_seen, response) =>
    void response.writeHead(code, headers).end("no");

type Options = {
  engine: Settings["search"]["engine"];
  at?: string;
  key?: string | null;
  offline?: boolean;
};

function search(
  { engine, at = "http://127.0.0.1:1", key = "key-1", offline = false }: Options,
  more: Partial<WebSearchSetup> = {},
) {
  const egress = createEgress({
    rules: () => ({ offline, allowedPrivateHosts: [new URL(at).host] }),
    clock: { now: () => 0 },
  });
  closings.push(egress.close);
  const tool = webSearchTool({
    settings: () => ({ engine, searxngUrl: null }),
    fetch: (id, { own }) => egress.fetch("web_search", { sessionId: id, allowPrivate: own }),
    keyFor: () => Promise.resolve(key),
    searxngUrl: engine === "searxng" ? at : undefined,
    readInBrowser: () => Promise.reject(new Error("not asked for")),
    addresses: { brave: `${at}/brave`, tavily: `${at}/tavily` },
    ...more,
  });
  const input = (value: object) => {
    const parsed = tool.parse(value);
    if (!parsed.ok) throw new Error(parsed.problem);
    return parsed.input;
  };
  return {
    plan: (value: object) => tool.plan(input(value), context),
    async run(value: object): Promise<ToolResult> {
      const running = tool.run(input(value), context);
      for (;;) {
        const step = await running.next();
        if (step.done) return step.value;
      }
    },
    egress,
  };
}

const three = [1, 2, 3].map((n) => ({ url: `https://${n}.example/`, title: `Page ${n}` }));

describe("web_search", () => {
  it("asks a SearXNG server of the person's own for JSON", async () => {
    const server = await serve(
      json({
        results: [
          { ...three[0], content: "What is <b>in</b> it &amp; more" },
          { url: "ftp://x" },
          three[1],
        ],
      }),
    );
    const { run, plan, egress } = search({ engine: "searxng", at: `${server.url}/sx/` });
    const host = new URL(server.url).host;
    expect(await plan({ query: "red shoes" })).toMatchObject({
      ...{ summary: "search the web for “red shoes”", effect: "read", hosts: [host] },
      leaving: { to: host, what: [{ name: "search words", value: "red shoes" }] },
    });
    const { text, view, labels } = await run({ query: "red shoes" });
    expect(server.seen[0]?.path).toBe("/sx/search?q=red+shoes&format=json");
    expect(view).toEqual({
      ...{ kind: "search", query: "red shoes", engine: "SearXNG" },
      results: [
        { title: "Page 1", url: "https://1.example/", extract: "What is in it & more" },
        { title: "Page 2", url: "https://2.example/", extract: "" },
      ],
    });
    expect(text).toContain("1. Page 1\n   https://1.example/\n   What is in it & more\n2. Page 2");
    expect(text).toContain("Markdown link");
    expect(labels).toEqual(["untrusted"]);
    expect(egress.log(sessionId, 1)).toMatchObject([{ purpose: "web_search", allowed: true }]);
  });

  it("asks Brave with the key and no more results than wanted", async () => {
    const results = three.map((one) => ({ ...one, description: "said" }));
    const server = await serve(json({ web: { results } }));
    const { run } = search({ engine: "brave", at: server.url });
    const { view } = await run({ query: "x", count: 2 });
    expect(server.seen[0]).toMatchObject({
      path: "/brave?q=x&count=2",
      headers: { "x-subscription-token": "key-1" },
    });
    expect(view).toMatchObject({ results: [{ extract: "said" }, { url: "https://2.example/" }] });
  });

  it("asks Tavily with the key", async () => {
    const server = await serve(json({ results: three.map((one) => ({ ...one, content: "c" })) }));
    const { run } = search({ engine: "tavily", at: server.url });
    const { text } = await run({ query: "x" });
    expect(JSON.parse(server.seen[0]?.body ?? "")).toEqual({ query: "x", max_results: 8 });
    expect(server.seen[0]?.headers.authorization).toBe("Bearer key-1");
    expect(text).toContain("3. Page 3");
  });

  it.each([
    ["a key that is refused", status(401), "unauthorized", "Brave Search refused the key."],
    ["too many searches", status(429, { "retry-after": "7" }), "rate_limited", "no more searches"],
    [
      "a web page",
      (_seen, response) => void response.end("<html>"),
      "refused",
      "did not answer with",
    ],
    ["something else", json({ web: 5 }), "refused", "did not answer with search results"],
    ["a redirect", status(302, { location: "http://127.0.0.1:1/" }), "refused", "did not answer"],
    ["trouble of its own", status(503), "refused", "the site has a problem of its own"],
  ] as [string, Answering, string, string][])(
    "says what is wrong with %s",
    async (_what, answer, code, words) => {
      const server = await serve(answer);
      const { run } = search({ engine: "brave", at: server.url });
      await expect(run({ query: "x" })).rejects.toMatchObject({
        code,
        message: expect.stringContaining(words) as string,
      });
      expect(server.seen).toHaveLength(1);
    },
  );

  it("says how SearXNG is told to answer programs", async () => {
    const server = await serve(status(403));
    const { run } = search({ engine: "searxng", at: server.url });
    await expect(run({ query: "x" })).rejects.toMatchObject({
      hint: "Allow the format json in its settings.yml, under search › formats.",
    });
  });

  it("says what is missing before anything is asked", async () => {
    await expect(search({ engine: "brave", key: null }).plan({ query: "x" })).rejects.toMatchObject(
      {
        ...{ code: "unauthorized", message: "There is no key for Brave Search." },
        hint: "Add one in Settings › Search, or set BRAVE_API_KEY.",
      },
    );
    const none = search({ engine: "searxng" }, { searxngUrl: undefined });
    await expect(none.plan({ query: "x" })).rejects.toMatchObject({
      message: "There is no address of a SearXNG server.",
    });
  });

  it("leaves nothing while offline", async () => {
    const { run } = search({ engine: "tavily", at: "https://tavily.example", offline: true });
    await expect(run({ query: "x" })).rejects.toMatchObject({ code: "offline" });
  });

  it("checks a key with one search before it is kept", async () => {
    const good = await serve(json({ results: [] }));
    await checkSearchKey("tavily", "k", globalThis.fetch, `${good.url}/t`);
    const bad = await serve(status(401));
    await expect(checkSearchKey("brave", "k", globalThis.fetch, `${bad.url}/b`)).rejects.toThrow(
      "Brave Search refused the key.",
    );
  });
});

describe("web_search in the session's browser", () => {
  const results = "https://engine.example/find?q=red%20shoes";
  const markdown = `[Home](https://engine.example/)\n[Red shoes](https://engine.example/l?url=https%3A%2F%2Fshop.example%2F)\nSold here, in every size there is.`;
  const open = (page: FakePage, pages: Record<string, FakePage> = {}, holdsPrivate = false) => {
    const browsers = createFakeBrowsers({ pages: { [results]: page, ...pages }, holdsPrivate });
    const tool = search(
      { engine: "browser" },
      {
        readInBrowser: createReadInTab(browsers),
        browserHoldsPrivate: (id) => browsers.current(id)?.holdsPrivate === true,
        addresses: { results: { title: "Engine", url: "https://engine.example/find?q=%s" } },
      },
    );
    return { ...tool, browsers };
  };

  it("reads a results page and leaves the tabs as they were", async () => {
    const { run, plan, browsers } = open({ markdown }, { "https://open.example/": {} });
    const browser = await browsers.open(sessionId, { ...context, onProgress: () => undefined });
    await browser.open("https://open.example/", context.signal);
    expect(await plan({ query: "red shoes" })).toMatchObject({ hosts: ["engine.example"] });
    const { view } = await run({ query: "red shoes" });
    expect(view).toEqual({
      ...{ kind: "search", query: "red shoes", engine: "Engine" },
      results: [
        {
          ...{ title: "Red shoes", url: "https://shop.example/" },
          extract: "Sold here, in every size there is.",
        },
      ],
    });
    expect(browser.tabs()).toMatchObject([{ url: "https://open.example/", active: true }]);
  });

  it("searches one after another, and holds what its browser holds", async () => {
    const { run, browsers } = open({ markdown }, {}, true);
    const both = await Promise.all([run({ query: "red shoes" }), run({ query: "red shoes" })]);
    for (const { labels } of both) expect(labels).toEqual(["untrusted", "private"]);
    const { done } = browsers.browser(sessionId);
    expect(done).toEqual([
      `tab new ${results}`,
      "tab close 1",
      `tab new ${results}`,
      "tab close 3",
    ]);
  });

  it("closes its tab also when there was nothing to read, and says why", async () => {
    const robot = open({ markdown: "We have detected unusual traffic." });
    await expect(robot.run({ query: "red shoes" })).rejects.toThrow("takes this for a robot");
    expect(robot.browsers.browser(sessionId).done.at(-1)).toBe("tab close 1");
    const nothing = open({ markdown: "No results." });
    expect((await nothing.run({ query: "red shoes" })).text).toContain("found nothing");
  });
});
