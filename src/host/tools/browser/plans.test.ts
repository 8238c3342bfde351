import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PermissionMode } from "../../../contract/session.ts";
import type { Sending } from "../../../core/browser-ports.ts";
import type { FakePage } from "../../../testing/fake-browsers.ts";
import { browserTools } from "./browser-tools.fixture.ts";

const address = "https://shop.example/";
const search: Sending = {
  ...{ host: "shop.example", url: "https://shop.example/find?q=", method: "get" },
  fields: [{ name: "Search", value: "" }],
};
const order: Sending = {
  ...{ host: "pay.example", url: "https://pay.example/order", method: "post" },
  fields: [
    { name: "Card", value: "4242" },
    { name: "Code", value: "••••••" },
  ],
};
const page: FakePage = {
  title: "Shop",
  elements: [
    { role: "link", name: "Prices", href: "https://other.example/prices?from=shop#top" },
    { role: "searchbox", name: "Search", sends: search },
    { role: "button", name: "Buy", sends: order },
    { role: "textbox", name: "Card", sends: order },
    { role: "textbox", name: "Code", secret: true, sends: order },
    { role: "button", name: "Menu" },
    { role: "link", name: "Mail", href: "mailto:a@b.example" },
    { role: "button", name: "Choose a file" },
  ],
};
const modes: PermissionMode[] = ["ask", "balanced", "autonomous"];

async function shop() {
  const set = await browserTools({
    pages: { [address]: page },
    files: { "cv.pdf": "x".repeat(1200) },
  });
  await set.call("browser_open", { url: address });
  return set;
}

/** Name of the element instead of its number. */
async function planFor(name: string, input: Record<string, unknown> = {}, element?: string) {
  const set = await shop();
  const named = element === undefined ? {} : { element: set.number(element) };
  const plan = await set.plan(name, { ...named, ...input });
  return { ...set, plan, verdicts: modes.map((mode) => set.verdict(name, plan, mode)) };
}

describe("what the verbs of the browser ask", () => {
  it.each([
    ["browser_look", {}],
    ["browser_status", {}],
    ["browser_tabs", {}],
    ["browser_extract_text", {}],
    ["browser_extract_table", {}],
    ["browser_wait", { text: "x" }],
    ["browser_scroll", {}],
    ["browser_screenshot", {}],
    ["browser_back", {}],
    ["browser_forward", {}],
    ["browser_reload", {}],
    ["browser_cookies", {}],
  ])("%s asks in no mode and names no host", async (name, input) => {
    const { plan, verdicts } = await planFor(name, input);
    expect(plan).toMatchObject({ effect: "read", hosts: [], paths: [] });
    expect(plan.leaving).toBeUndefined();
    expect(verdicts).toEqual(["allow", "allow", "allow"]);
  });

  it.each([
    ["browser_hover", "Menu"],
    ["browser_attributes", "Menu"],
  ])("%s asks in no mode", async (name, element) => {
    const { verdicts } = await planFor(name, {}, element);
    expect(verdicts).toEqual(["allow", "allow", "allow"]);
  });

  it("opening sends the address, as reading the web does", async () => {
    const { plan, verdicts } = await planFor("browser_open", { url: "Example.com/a?b=c#d" });
    expect(plan).toMatchObject({
      ...{ summary: "open example.com/a", effect: "read", hosts: ["example.com"] },
      leaving: {
        to: "example.com",
        what: [{ name: "address", value: "https://example.com/a?b=c" }],
      },
    });
    expect(verdicts).toEqual(["ask", "allow", "allow"]);
  });

  it("a page of this machine is no journey", async () => {
    const { plan, verdicts } = await planFor("browser_open", { url: "localhost:3000/x" });
    expect(plan.leaving).toBeUndefined();
    expect(plan.fields).toEqual([{ name: "address", value: "http://localhost:3000/x" }]);
    expect(verdicts).toEqual(["allow", "allow", "allow"]);
  });

  it("a click on a link is opening it", async () => {
    const { plan, verdicts } = await planFor("browser_click", {}, "Prices");
    expect(plan).toMatchObject({
      ...{ summary: "click “Prices” on shop.example", effect: "read", hosts: ["other.example"] },
      leaving: { to: "other.example", what: [{ value: "https://other.example/prices?from=shop" }] },
    });
    expect(verdicts).toEqual(["ask", "allow", "allow"]);
  });

  it("any other click is a read of the page's host", async () => {
    for (const element of ["Menu", "Mail"]) {
      const { plan, verdicts } = await planFor("browser_click", {}, element);
      expect(plan).toMatchObject({ effect: "read", hosts: ["shop.example"] });
      expect(plan.leaving).toBeUndefined();
      expect(verdicts).toEqual(["ask", "allow", "allow"]);
    }
  });

  it("what is asked to be sent for good is asked about in every mode, field by field", async () => {
    const { plan, verdicts } = await planFor("browser_click", {}, "Buy");
    expect(plan).toMatchObject({
      ...{ summary: "click “Buy” on shop.example", effect: "leaves_machine" },
      leaving: { to: "pay.example", what: order.fields },
      fields: [...order.fields, { name: "address", value: "https://pay.example/order" }],
    });
    expect(verdicts).toEqual(["ask", "ask", "ask"]);
  });

  it("a form that only asks is opened with its fields", async () => {
    const { plan, verdicts } = await planFor(
      "browser_type",
      { text: "red shoes", submit: true },
      "Search",
    );
    expect(plan).toMatchObject({
      ...{ effect: "read", hosts: ["shop.example"] },
      summary: "type into “Search” and press Enter on shop.example",
      leaving: {
        to: "shop.example",
        what: [
          { name: "Search", value: "red shoes" },
          { name: "address", value: "https://shop.example/find" },
        ],
      },
    });
    expect(verdicts).toEqual(["ask", "allow", "allow"]);
  });

  it("typing tells the page's host what is typed, and never what is secret", async () => {
    const set = await shop();
    const fields = [
      { element: set.number("Card"), text: "4242" },
      { element: set.number("Code"), text: "hunter2" },
    ];
    const typed = await set.plan("browser_type", { fields });
    expect(typed.effect).toBe("read");
    expect(typed.leaving).toEqual({
      to: "shop.example",
      what: [
        { name: "Card", value: "4242" },
        { name: "Code", value: "••••••" },
      ],
    });
    const sent = await set.plan("browser_type", { fields, submit: true });
    expect(sent).toMatchObject({
      ...{ effect: "leaves_machine", hosts: ["shop.example", "pay.example"] },
      leaving: { to: "shop.example and pay.example" },
    });
    expect(JSON.stringify([typed, sent])).not.toContain("hunter2");
  });

  it("pressing letters is typing, pressing Enter is what Enter sends", async () => {
    const letters = await planFor("browser_press", { keys: ["h", "i", "Tab"] }, "Search");
    expect(letters.plan.leaving).toEqual({
      ...{ to: "shop.example", what: [{ name: "Search", value: "h i Tab" }] },
    });
    const secret = await planFor("browser_press", { keys: ["x", "y"] }, "Code");
    expect(secret.plan.leaving?.what).toEqual([{ name: "Code", value: "• •" }]);
    expect(secret.plan.summary).not.toContain("x y");
    const enter = await planFor("browser_press", { keys: "Enter" }, "Card");
    expect(enter.plan).toMatchObject({ effect: "leaves_machine", leaving: { to: "pay.example" } });
    const link = await planFor("browser_press", { keys: ["Enter"] }, "Prices");
    expect(link.plan).toMatchObject({ hosts: ["other.example"], effect: "read" });
    const arrow = await planFor("browser_press", { keys: ["ArrowDown"] });
    expect(arrow.plan.leaving).toBeUndefined();
  });

  it("an upload leaves this machine, with names and sizes", async () => {
    const { plan, verdicts, root } = await planFor(
      "browser_upload",
      { paths: ["cv.pdf"] },
      "Choose a file",
    );
    expect(plan).toMatchObject({
      summary: "upload cv.pdf into “Choose a file” on shop.example",
      ...{ effect: "leaves_machine", paths: [`${root}/cv.pdf`] },
      leaving: { to: "shop.example", what: [{ name: "cv.pdf", value: "1.2 KB" }] },
    });
    expect(verdicts).toEqual(["ask", "ask", "ask"]);
  });

  it("a download changes the workspace", async () => {
    const { plan, verdicts, root } = await planFor("browser_download", {}, "Prices");
    expect(plan).toMatchObject({
      ...{ effect: "write_workspace", hosts: ["other.example"] },
      ...{ summary: "download prices", paths: [`${root}/downloads/prices`] },
    });
    expect(verdicts).toEqual(["ask", "ask", "allow"]);
  });

  it("a download by a press that sends for good is such a press", async () => {
    const { verdicts } = await planFor("browser_download", {}, "Buy");
    expect(verdicts).toEqual(["ask", "ask", "ask"]);
  });

  it("clearing cookies is a deletion", async () => {
    const { plan, verdicts } = await planFor("browser_cookies", { action: "clear" });
    expect(plan).toMatchObject({ summary: "clear all cookies", effect: "delete" });
    expect(verdicts).toEqual(["ask", "ask", "ask"]);
  });

  it("everything that leaves is asked about while the session holds both", async () => {
    const set = await shop();
    const calls: [string, Record<string, unknown>][] = [
      ["browser_open", { url: "example.com" }],
      ["browser_click", { element: set.number("Prices") }],
      ["browser_type", { element: set.number("Search"), text: "x" }],
      ["browser_press", { keys: ["a"] }],
      ["browser_select", { element: set.number("Menu"), options: ["x"] }],
      ["browser_dialog", { accept: true, text: "x" }],
      ["browser_tabs", { action: "new", url: "example.com" }],
      ["browser_download", { url: "https://example.com/a.zip" }],
    ];
    for (const [name, input] of calls) {
      const plan = await set.plan(name, input);
      for (const mode of modes)
        expect([name, set.verdict(name, plan, mode, ["private", "untrusted"])]).toEqual([
          name,
          "ask",
        ]);
    }
  });

  it("has a plan that names what leaves for whatever sends typed fields", async () => {
    const set = await shop();
    const someText = fc.string({ minLength: 1, maxLength: 20 });
    const elements = ["Search", "Card", "Code"].map(set.number);
    const fields = fc.array(fc.record({ element: fc.constantFrom(...elements), text: someText }), {
      ...{ minLength: 1, maxLength: 4 },
    });
    await fc.assert(
      fc.asyncProperty(fields, fc.boolean(), fc.boolean(), async (typed, append, submit) => {
        const plan = await set.plan("browser_type", { fields: typed, append, submit });
        expect(plan.leaving?.what.length).toBeGreaterThanOrEqual(typed.length);
        for (const { element, text } of typed)
          expect(plan.leaving?.what.some(({ value }) => value === text || value === "••••••")).toBe(
            element > 0,
          );
      }),
      { numRuns: 100 },
    );
  });
});

describe("hosts that pretend to be others", () => {
  const fake = "https://xn--80ak6aa92e.com/";
  it.each(modes)("are asked about in %s mode and named as they are", async (mode) => {
    const { plan, verdict } = await planFor("browser_open", { url: "https://аррӏе.com" });
    expect(verdict("browser_open", plan, mode)).toBe("ask");
    expect(plan.hosts).toEqual(["xn--80ak6aa92e.com"]);
    expect(plan.sentence).toContain("xn--80ak6aa92e.com is not apple.com");
  });

  it("are named in links and in what comes of them", async () => {
    const pages = { [address]: { elements: [{ name: "Apple", href: fake }] }, [fake]: {} };
    const set = await browserTools({ pages });
    await set.call("browser_open", { url: address });
    const input = { element: set.number("Apple") };
    const plan = await set.plan("browser_click", input);
    expect(plan).toMatchObject({ effect: "leaves_machine", leaving: { to: "xn--80ak6aa92e.com" } });
    const { text } = await set.run("browser_click", input);
    expect(text).toMatch(/^Careful: xn--80ak6aa92e\.com is not apple\.com/);
  });
});

describe("hosts in plain letters that pass for one that is known here", () => {
  const cookies = [{ host: "paypal.com", name: "id", expires: null }];
  const fake = "https://paypa1.com/log-in";
  it("are asked about, with the one they look like", async () => {
    const set = await browserTools({ cookies, pages: { [address]: {}, [fake]: {} } });
    await set.call("browser_open", { url: address });
    const plan = await set.plan("browser_open", { url: fake });
    expect(plan.effect).toBe("leaves_machine");
    expect(plan.sentence).toContain(
      "Careful: paypa1.com looks like paypal.com, which is known here, and is another.",
    );
  });
  it("are asked about in links", async () => {
    const pages = { [address]: { elements: [{ name: "Pay", href: fake }] }, [fake]: {} };
    const set = await browserTools({ cookies, pages });
    await set.call("browser_open", { url: address });
    const plan = await set.plan("browser_click", { element: set.number("Pay") });
    expect(plan.sentence).toContain("looks like paypal.com");
  });
  it("are none when nobody here knows the other", async () => {
    const set = await browserTools({ pages: { [address]: {}, [fake]: {} } });
    await set.call("browser_open", { url: address });
    const plan = await set.plan("browser_open", { url: fake });
    expect(plan).toMatchObject({ effect: "read" });
  });
});

describe("a plan that cannot be made", () => {
  it("says without a browser what the run would say", async () => {
    const set = await browserTools();
    for (const attempt of [set.plan, set.run])
      await expect(attempt("browser_click", { element: 1 })).rejects.toMatchObject({
        ...{ code: "not_found", message: "No browser is open in this session." },
        hint: "Open a page with browser_open.",
      });
  });

  it("says for an element that is not there what the run would say", async () => {
    const set = await shop();
    for (const name of ["browser_click", "browser_hover", "browser_attributes"])
      for (const attempt of [set.plan, set.run])
        await expect(attempt(name, { element: 99 })).rejects.toMatchObject({
          message: "Element 99 was never shown.",
        });
  });

  it("does not press what sends something else by now", async () => {
    const elements = [{ name: "Go" } as { name: string; sends?: Sending }];
    const set = await browserTools({ pages: { [address]: { elements } } });
    await set.call("browser_open", { url: address });
    const facts = await set.browser().facts(1);
    await set.plan("browser_click", { element: 1 });
    facts.sends = order;
    await expect(set.run("browser_click", { element: 1 })).rejects.toMatchObject({
      code: "conflict",
    });
    expect(set.browser().done).toEqual([`open ${address}`]);
    await expect(set.call("browser_click", { element: 1 })).resolves.toBeDefined();
  });
});
