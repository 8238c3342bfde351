// Connections in a real page over the real `aetheria serve`: what people see before anything is
// connected, in both looks and on a phone.
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { PageRig, phone, skipGuide, type Served } from "./page-rig.ts";
import { show } from "./show.ts";

let rig: PageRig;
let served: Served;
const open: Page[] = [];
const thrown: string[] = [];

beforeAll(async () => {
  rig = await PageRig.open();
  served = await rig.serve("connections", rig.withModel);
  await skipGuide(served.url, new URL(served.address).hash.slice("#token=".length));
});
afterAll(() => rig?.close());
afterEach(async () => {
  await Promise.all(open.splice(0).map((page) => page.context().close()));
  expect(thrown.splice(0)).toEqual([]);
});

async function visit(options: Parameters<PageRig["page"]>[1] = {}): Promise<Page> {
  const page = await rig.page(served.address, options);
  open.push(page);
  page.on("pageerror", (error) => thrown.push(error.message));
  await page
    .getByRole("navigation", { name: "Apps" })
    .getByRole("button", { name: "Connections" })
    .click();
  await page.getByRole("tab", { name: "Mirror" }).waitFor();
  return page;
}

describe("connections", () => {
  it("asks for the project and the account before anything is mirrored", async () => {
    const page = await visit();
    await page.getByLabel("Project address").waitFor();
    await show(page, "connections-mirror");
    await page.getByLabel("Project address").fill("http://127.0.0.1:9");
    await page.getByLabel("Public key").fill("anon");
    await page.getByLabel("E-mail").fill("ada@example.test");
    await page.getByLabel("Password").fill("correct horse 42");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page
      .getByText(/server of the mirror|does not answer|cannot be reached/i)
      .first()
      .waitFor();
  });

  it("lets phones of the network in once the person says so", async () => {
    const page = await visit();
    await page.getByRole("tab", { name: "Phones here" }).click();
    await page.getByText("No phone was added yet.").waitFor();
    await show(page, "connections-phones");
    await page.getByRole("switch", { name: "Phones on this network may connect" }).click();
    // A machine in a network of its own gets the way in, any other is told why not.
    const add = page.getByRole("button", { name: "Add a phone" });
    await add.or(page.getByRole("alert")).first().waitFor();
    await show(page, "connections-phones-on");
    if (!(await add.isVisible())) return;
    await add.click();
    const dialog = page.getByRole("dialog", { name: "Scan this with your phone" });
    await dialog.getByRole("img", { name: "A picture for the phone’s camera" }).waitFor();
    await show(page, "connections-phones-pairing");
  });

  it("fits a phone", async () => {
    const page = await visit({ viewport: phone, hasTouch: true, isMobile: true });
    await page.getByLabel("Project address").waitFor();
    await show(page, "connections-mirror-phone");
  });
});
