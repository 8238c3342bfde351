// The zoo in a real Chromium: every page that `/` names comes, and what a form sends is written down.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { findChromium, quietChromiumArgs } from "../../../scripts/chromium.ts";
import { startZoo, type Zoo } from "./start-zoo.ts";

let zoo: Zoo;
let browser: Browser;
let page: Page;
const thrown: string[] = [];

beforeAll(async () => {
  zoo = await startZoo();
  const executablePath = findChromium();
  if (!executablePath) throw new Error("No Chromium found: install one or set CHROMIUM_PATH.");
  browser = await chromium.launch({ executablePath, args: [...quietChromiumArgs] });
  page = await browser.newPage();
  page.setDefaultTimeout(10_000);
  page.on("pageerror", ({ message }) => thrown.push(`${page.url()}: ${message}`));
});
afterAll(async () => {
  await browser?.close();
  await zoo?.close();
});

/** These end the test's own browser, or never come. */
const alone = ["dialogs-storm"];

it("opens every page that is a file, and none of them throws", async () => {
  const files = await readdir(join(import.meta.dirname, "pages"));
  for (const file of files) {
    const name = file.replace(".html", "");
    if (alone.includes(name)) continue;
    const [first = "", ...rest] = name.split("-");
    const path = name === "index" ? "/" : `/${first}${rest.length > 0 ? "/" : ""}${rest.join("-")}`;
    const answer = await page.goto(zoo.url + path, { waitUntil: "domcontentloaded" });
    expect(answer?.status(), path).toBe(200);
    expect(await page.locator("body").innerText(), path).not.toBe("");
  }
  expect(thrown).toEqual([]);
});

it("sells: search, filter, cart, checkout", async () => {
  await page.goto(`${zoo.url}/shop`);
  await page.getByLabel("Search products").fill("desk lamp");
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByLabel("Highest price").fill("120");
  await page.getByRole("button", { name: "Apply filters" }).click();
  await page.getByLabel("In stock only").check();
  await page.getByRole("button", { name: "Apply filters" }).click();
  await page.locator("ul.items a").first().click();
  await page.getByRole("button", { name: "Add to cart" }).click();
  await page.getByRole("link", { name: "Go to checkout" }).click();
  for (const label of ["Full name", "Street", "Postcode", "City", "Card number", "Expires"])
    await page.getByLabel(label).fill("1");
  await page.getByLabel("E-mail").fill("a@b.test");
  await page.getByLabel("Security code").fill("123");
  await page.getByLabel("Choose a password").fill("secret");
  await page.getByLabel("I agree").check();
  await page.getByRole("button", { name: "Place order" }).click();
  await page.getByText("is placed").waitFor();

  expect(
    zoo
      .requests()
      .filter(({ method }) => method === "POST")
      .map(({ path }) => path),
  ).toEqual(["/shop/cart", "/shop/checkout"]);
  expect(zoo.requests().at(-1)?.cookie).toContain("cart=");
});

it("serves frames of another origin, and private pages only to who signed in", async () => {
  await page.goto(`${zoo.url}/frames`);
  const nest = page.frameLocator('[title="Other origin"]');
  await nest.getByRole("button", { name: "Press the nest" }).click();
  await nest.frameLocator("iframe").getByRole("button", { name: "Send deep" }).waitFor();
  await page.goto(`${zoo.url}/private`);
  expect(page.url()).toBe(`${zoo.url}/login`);
});

it("has files: a report, a PDF, and one without end", async () => {
  const report = await fetch(`${zoo.url}/files/report.csv`);
  expect(await report.text()).toContain("March,344,44701.00");
  const pdf = await (await fetch(`${zoo.url}/files/document.pdf`)).text();
  expect(pdf.startsWith("%PDF-1.4")).toBe(true);
  const endless = await fetch(`${zoo.url}/files/endless`);
  const reader = endless.body!.getReader();
  expect((await reader.read()).value!.length).toBeGreaterThan(0);
  await reader.cancel();
});
