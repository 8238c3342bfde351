// The companion on a phone's screen over the real `aetheria serve`: what a person does with it, with a
// picture of each screen in e2e/pictures and axe on all of them.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { connectSocket } from "../src/cli/connect-socket.ts";
import { findings, overflow, PageRig, phone, picture, type Served } from "./page-rig.ts";
import { playTurns, use } from "./scenario-model.ts";

const touch: BrowserContextOptions = { viewport: phone, hasTouch: true, isMobile: true };

let rig: PageRig;
let served: Served;
const open: Page[] = [];
/** What pages threw; nothing is thrown. */
const thrown: string[] = [];

beforeAll(async () => {
  rig = await PageRig.open();
  await writeFile(join(rig.workspace, "report.csv"), "region,q2,q3\nEMEA,4.10,5.37\n");
  await writeFile(join(rig.workspace, "notes.md"), "old\n");
  script();
  served = await rig.serve("companion", rig.withModel);
});
afterAll(() => rig?.close());
afterEach(async () => {
  await Promise.all(open.splice(0).map((page) => page.context().close()));
  expect(thrown.splice(0)).toEqual([]);
});

function script(): void {
  const { model } = rig;
  playTurns(model, "quarter", [
    use("list_files", { path: "." }),
    use("read_file", { path: "report.csv" }),
    { content: "Revenue grew **18.4 %** quarter over quarter, led by **EMEA (+31 %)**." },
  ]);
  playTurns(model, "delete the notes", [
    use("delete_file", { path: "notes.md" }),
    { content: "The notes are in the trash." },
  ]);
  model.addFixture({
    match: { userMessage: "long story" },
    response: { content: "Once upon a time there was a word. ".repeat(400) },
    chunkSize: 6,
    latency: 20,
  });
  model.onMessage("hello", { content: "Hello to you." });
}

async function visit(options: BrowserContextOptions = touch): Promise<Page> {
  const { url, address } = served;
  const page = await rig.page(address.replace(`${url}/`, `${url}/companion/`), options);
  open.push(page);
  page.on("pageerror", (error) => thrown.push(error.message));
  await page.getByRole("button", { name: "Connection: live" }).waitFor();
  return page;
}

/** A session as the desktop begins it, in the folder of the agent. */
async function begun(title: string): Promise<void> {
  const client = await connectSocket(served.url, served.address.split("token=")[1] ?? "");
  await client.call("session.create", { title, workspace: rig.workspace });
  client.close();
}

const log = (page: Page) => page.getByRole("log");
const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });

async function enter(page: Page, title: string): Promise<void> {
  await button(page, new RegExp(`^${title}`)).click();
  await page.getByRole("textbox", { name: "Message" }).waitFor();
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByRole("textbox", { name: "Message" }).fill(text);
  await button(page, "Send").tap();
}

/** Both looks of a screen, axe in both, and nothing wider than the screen. */
async function show(page: Page, name: string): Promise<void> {
  await page.emulateMedia({ colorScheme: "dark" });
  await picture(page, `companion-${name}-dark`);
  expect(await findings(page, ["color-contrast"]), `${name} dark`).toEqual([]);
  await page.emulateMedia({ colorScheme: "light" });
  await picture(page, `companion-${name}-light`);
  expect(await findings(page), `${name} light`).toEqual([]);
  expect(await overflow(page), name).toBe(0);
}

describe("the companion", () => {
  it("sends, shows the steps as they come, and the answer", async () => {
    await begun("Quarterly report");
    const page = await visit();
    await show(page, "sessions");
    await enter(page, "Quarterly report");
    await show(page, "empty");
    await say(page, "Pull last quarter’s numbers from the report and chart them.");
    await log(page).getByText("led by").waitFor();
    await page.getByRole("button", { name: /read_file|report.csv/ }).waitFor();
    await show(page, "chat");
    await page.getByRole("button", { name: /report.csv/ }).tap();
    await page.getByText("EMEA,4.10,5.37").waitFor();
    await show(page, "step");
  });
});
