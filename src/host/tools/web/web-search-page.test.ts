import { describe, expect, it } from "vitest";
import { readResults } from "./web-search-page.ts";

const url = "https://html.duckduckgo.com/html/?q=x";
const wrapped = (target: string) =>
  `https://duckduckgo.com/l/?uddg=${encodeURIComponent(target)}&rut=abc`;
const read = (text: string, title = "x at DuckDuckGo") =>
  readResults({ url, title, text }, "DuckDuckGo");

describe("a page of results", () => {
  it("is read by its structure: title, address, extract", () => {
    const one = wrapped("https://example.com/a?b=c");
    const text = [
      "[DuckDuckGo](https://duckduckgo.com/html/)",
      `## [The *first* page](${one})`,
      `[![](https://icons.example/i.ico)](${one}) [www.example.com/a](${one})`,
      `[What the first page says about **x**, at some length.](${one})`,
      "## [Second](https://second.example/)",
      "second.example",
      "The second page's words stand beside its link and lead nowhere.",
      "[Next](https://html.duckduckgo.com/html/?s=30)",
    ].join("\n\n");
    expect(read(text)).toEqual([
      {
        title: "The first page",
        url: "https://example.com/a?b=c",
        extract: "What the first page says about x, at some length.",
      },
      {
        title: "Second",
        url: "https://second.example/",
        extract: "second.example The second page's words stand beside its link and lead nowhere.",
      },
    ]);
  });

  it("has no adverts in it, however they are wrapped", () => {
    const adverts = [
      wrapped("https://duckduckgo.com/y.js?ad_domain=shop.example&u3=https%3A%2F%2Fbing.com"),
      "https://duckduckgo.com/y.js?ad_provider=bing",
      "https://www.googleadservices.com/pagead/aclk?adurl=https://shop.example",
      "https://www.bing.com/aclick?ld=1",
    ];
    const text = adverts.map((advert, at) => `[Buy shoes ${at}](${advert})`).join("\n");
    expect(
      read(`${text}\n[Real one](https://real.example/)`).map(({ url: found }) => found),
    ).toEqual(["https://real.example/"]);
  });

  it("leaves out pictures, mail, scripts and what has no words", () => {
    const text =
      "![A picture](https://a.example/) [](https://b.example/) [Mail](mailto:a@b.example) [Run](javascript:alert(1)) [www.c.example](https://c.example/)";
    expect(read(text)).toEqual([]);
  });

  it("reads addresses with brackets, and titles with them", () => {
    const text = String.raw`[Set \[theory\]](https://en.example/wiki/Set_(maths))`;
    expect(read(text)).toMatchObject([
      { title: "Set [theory]", url: "https://en.example/wiki/Set_(maths)" },
    ]);
  });

  it("is no page of results when it takes us for a robot or asks about cookies", () => {
    const robot = "Unfortunately, bots use DuckDuckGo too. Select all squares containing a duck.";
    expect(() => read(robot)).toThrow("DuckDuckGo takes this for a robot and wants to check.");
    const traffic = "Our systems have detected unusual traffic from your network.";
    expect(() => read(traffic)).toThrow("takes this for a robot");
    const consent = "Before you continue to the search. We use cookies and data.";
    expect(() => read(consent)).toThrow("asks about cookies before it shows results");
    const help = `${robot} [How we tell](https://help.example/bots)`;
    expect(() => read(help)).toThrow("takes this for a robot");
    expect(read("No results found for x.")).toEqual([]);
  });

  it("is read within the time of a test, whatever it holds", () => {
    const hostile = `${"[".repeat(20_000)}${"](".repeat(20_000)}${"![a](b".repeat(5_000)}${"\\".repeat(20_001)}`;
    expect(read(hostile)).toEqual([]);
  });
});
