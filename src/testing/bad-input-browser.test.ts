// Holds docs/bad-input.md to what is said of the browser's verbs and of searches.
import { describe, expect, it } from "vitest";
import {
  browserGone,
  crashed,
  navigationError,
  neverLoaded,
} from "../host/browser/navigation-error.ts";
import { browserTools, type ToolsOptions } from "../host/tools/browser/browser-tools.fixture.ts";
import { parsePageAddress } from "../host/tools/browser/page-address.ts";
import {
  keyMissing,
  keyRefused,
  noSearchAnswer,
  quotaUsed,
} from "../host/tools/web/web-search-engine.ts";
import { readResults } from "../host/tools/web/web-search-page.ts";
import { badInputPage, documented } from "./bad-input-document.ts";

const address = "https://a.example/";

async function refusal(
  name: string,
  input: Record<string, unknown>,
  options: ToolsOptions = {},
): Promise<unknown> {
  const table = { caption: "", header: ["a"], rows: [["b"]] };
  const page = { elements: [{ name: "Files" }], tables: [table, table] };
  const set = await browserTools({ pages: { [address]: page }, ...options });
  await set.call("browser_open", { url: address });
  return set.call(name, input).then(
    () => expect.unreachable(),
    (error: unknown) => error,
  );
}

const thrown = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
  return expect.unreachable();
};

describe("docs/bad-input.md", () => {
  it.each([
    "not an address",
    "file:///etc/passwd",
    "view-source:https://a.example",
    "data:text/html,x",
    "javascript:alert(1)",
    "chrome://settings",
    "https://me:secret@a.example",
  ])("has why %s is not opened", (text) => {
    documented(thrown(() => parsePageAddress(text)));
  });

  it("has what a verb says without a browser, a field, a folder", async () => {
    const none = await browserTools();
    documented(await none.plan("browser_look").catch((error: unknown) => error));
    documented(await refusal("browser_type", { text: "x" }));
    documented(await refusal("browser_download", { url: `${address}a.pdf` }, { files: null }));
    documented(await refusal("browser_download", {}));
    documented(await refusal("browser_download", { download_id: "7" }), {
      "download 7": "download NAME",
    });
  });

  it("has what is said of files that may not come or go", async () => {
    const input = { url: `${address}a.pdf`, path: "a.pdf" };
    documented(await refusal("browser_download", input, { files: { "a.pdf": "x" } }), {
      "a.pdf": "NAME",
    });
    const upload = { element: 1, paths: ["../secret"] };
    documented(await refusal("browser_upload", upload), { "../secret": "NAME" });
    documented(await refusal("browser_extract_table", { path: "prices.csv" }));
  });

  it("has the warning of a host that imitates another", async () => {
    const set = await browserTools();
    const { sentence } = await set.plan("browser_open", { url: "https://аррӏе.com" });
    expect(badInputPage).toContain(sentence.slice(sentence.indexOf("Careful")));
  });

  it("has what is said of pages that do not come, and of crashes", () => {
    const page = "https://HOST/";
    for (const why of [
      "ERR_NAME_NOT_RESOLVED",
      "ERR_CONNECTION_REFUSED",
      "ERR_TOO_MANY_REDIRECTS",
      "ERR_CERT_DATE_INVALID",
    ])
      documented(navigationError(why, page), {
        "called host": "called HOST",
        "host re": "HOST re",
        "of host": "of HOST",
      });
    for (const error of [neverLoaded(page, 30), crashed(), browserGone()]) documented(error);
  });

  it("has what is said of searches", () => {
    documented(keyMissing("Brave Search", "BRAVE_API_KEY"));
    documented(keyRefused("Brave Search"));
    documented(quotaUsed("Brave Search"));
    const hint = "Allow the format json in its settings.yml, under search › formats.";
    documented(noSearchAnswer("SearXNG", "HOST", hint));
    for (const text of ["unusual traffic", "we use cookies"])
      documented(thrown(() => readResults({ url: address, title: "", text }, "DuckDuckGo")));
  });
});
