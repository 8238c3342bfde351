// The companion on a phone's screen over the real `aetheria serve`: what a person does with it, with a
// picture of each screen in e2e/pictures and axe on all of them.
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { connectSocket } from "../src/cli/connect-socket.ts";
import { PageRig, phone, type Served } from "./page-rig.ts";
import { playTurns, use } from "./scenario-model.ts";
import { picture, show as showScreen } from "./show.ts";

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

const show = (page: Page, name: string) => showScreen(page, `companion-${name}`);

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

  it("asks as the desktop does, and what is answered here is done there", async () => {
    await begun("Tidy up");
    const page = await visit();
    await enter(page, "Tidy up");
    await say(page, "Please delete the notes.");
    await button(page, "Allow once").waitFor();
    await page.getByRole("button", { name: "Chat: 1 decision is waiting" }).waitFor();
    await show(page, "approval");
    await button(page, "All sessions").tap();
    await page.getByText("needs you").waitFor();
    await show(page, "waiting");
    await enter(page, "Tidy up");
    await button(page, "Allow once").tap();
    await log(page).getByText("The notes are in the trash.").waitFor();
    expect(existsSync(join(rig.workspace, "notes.md"))).toBe(false);
    expect(await button(page, "Allow once").count()).toBe(0);
  });

  it("shows a reply while it grows, and stops it", async () => {
    await begun("Story");
    const page = await visit();
    await enter(page, "Story");
    await say(page, "Tell me a long story.");
    await log(page)
      .getByText(/Once upon a time/)
      .waitFor();
    await show(page, "running");
    await button(page, "Stop").tap();
    await log(page).getByRole("heading", { name: "Stopped" }).waitFor();
    expect(await button(page, "Stop").count()).toBe(0);
  });

  it("lists what was done, what was made, and what this device is", async () => {
    const page = await visit();
    await enter(page, "Quarterly report");
    await button(page, "Activity").tap();
    await page.getByText("read_file").waitFor();
    await show(page, "activity");
    await button(page, "Files").tap();
    await page.getByText("No files yet").waitFor();
    await show(page, "files-empty");
    await button(page, "Settings").tap();
    await page.getByRole("heading", { name: "On this device" }).waitFor();
    await show(page, "settings");
    await page.getByRole("radio", { name: "Deutsch" }).check({ force: true });
    await page.getByRole("heading", { name: "Auf diesem Gerät" }).waitFor();
    await picture(page, "companion-settings-german");
  });

  it("opens without a net, shows what it keeps, and sends what was written meanwhile", async () => {
    const page = await visit();
    await enter(page, "Quarterly report");
    await log(page).getByText("led by").waitFor();
    await page.evaluate("navigator.serviceWorker.ready.then(() => undefined)");
    await expect.poll(() => page.evaluate("caches.keys().then((names) => names.length)")).toBe(1);
    await keptOnDevice(page);
    const context = page.context();
    await context.setOffline(true);
    await page.reload();
    await button(page, "Connection: offline").waitFor();
    await log(page).getByText("led by").waitFor();
    await say(page, "hello from the train");
    await log(page).getByText("Leaves when the net is back").waitFor();
    await show(page, "offline");
    await button(page, "All sessions").tap();
    await button(page, /^Quarterly report/).waitFor();
    await page.reload();
    await enter(page, "Quarterly report");
    await log(page).getByText("hello from the train").waitFor();
    await context.setOffline(false);
    await log(page).getByText("Hello to you.").waitFor();
    expect(await log(page).getByText("Leaves when the net is back").count()).toBe(0);
  });

  it("keeps nothing that can be read without its key", async () => {
    const page = await visit();
    await enter(page, "Quarterly report");
    await log(page).getByText("led by").waitFor();
    await keptOnDevice(page);
    const dump = await page.evaluate<string>(dumpOfDatabase);
    expect(dump.length).toBeGreaterThan(1_000);
    for (const secret of ["Quarterly", "quarter", "EMEA", "token"])
      expect(dump).not.toContain(secret);
  });

  it("takes what another app shares, and asks which session it is for", async () => {
    const page = await visit();
    await page.evaluate("navigator.serviceWorker.ready.then(() => undefined)");
    // The system sends it from no page at all: not one of ours, whose forms go nowhere.
    await page.goto("about:blank");
    await page.evaluate(`(${shareTo})("${served.url}/companion/share")`);
    await page.getByText("To which session?").waitFor();
    await show(page, "shared");
    await enter(page, "Quarterly report");
    const message = page.getByRole("textbox", { name: "Message" });
    await expect.poll(() => message.inputValue()).toBe("A page\nhttps://example.com/");
    await page.getByText("shared.csv").waitFor();
    await button(page, "Send").tap();
    await log(page).getByRole("button", { name: "Show the table: shared.csv" }).tap();
    await log(page).getByRole("cell", { name: "EMEA" }).waitFor();
    await show(page, "table");
  });

  it("can be installed", async () => {
    const page = await visit();
    await page.evaluate("navigator.serviceWorker.ready.then(() => undefined)");
    const cdp = await page.context().newCDPSession(page);
    const { installabilityErrors } = await cdp.send("Page.getInstallabilityErrors");
    // Each page of a test has a profile of its own, which for Chromium is a private one.
    const found = installabilityErrors.filter(({ errorId }) => errorId !== "in-incognito");
    expect(found).toEqual([]);
    const { data } = await cdp.send("Page.getAppManifest");
    const { icons } = JSON.parse(data ?? "{}") as { icons: { sizes: string; purpose?: string }[] };
    const sizes = icons.map(({ sizes, purpose = "any" }) => `${sizes} ${purpose}`);
    expect(sizes).toEqual(expect.arrayContaining(["256x256 any", "512x512 any", "any maskable"]));
  });

  it("tells of a question that came while it was closed, in the session's name", async () => {
    const page = await visit();
    const context = page.context();
    await context.grantPermissions(["notifications"], { origin: served.url });
    await page.evaluate("navigator.serviceWorker.ready.then(() => undefined)");
    const worker = context.serviceWorkers().at(-1) ?? (await context.waitForEvent("serviceworker"));
    const cdp = await context.newCDPSession(page);
    const registered = new Promise<string>((resolve) =>
      cdp.on("ServiceWorker.workerRegistrationUpdated", ({ registrations: [one] }) => {
        if (one) resolve(one.registrationId);
      }),
    );
    await cdp.send("ServiceWorker.enable");
    const registrationId = await registered;
    await page.goto("about:blank");
    const message = { kind: "question", sessionId: "session-1", title: "Quarterly report" };
    await cdp.send("ServiceWorker.deliverPushMessage", {
      ...{ origin: served.url, registrationId, data: JSON.stringify(message) },
    });
    const told = `self.registration.getNotifications().then((all) =>
      all.map(({ title, body, tag, data }) => ({ title, body, tag, data })))`;
    await expect
      .poll(() => worker.evaluate(told))
      .toEqual([
        {
          ...{ title: "Quarterly report", body: "waits for your answer.", tag: "session-1" },
          data: { address: "#chat/session-1" },
        },
      ]);
  });

  it("forgets the device, and then begins anew", async () => {
    const page = await visit();
    await button(page, "Settings").tap();
    await button(page, "Forget this device").tap();
    const dialog = page.getByRole("dialog", { name: "Forget this device?" });
    await dialog.getByRole("button", { name: "Forget this device" }).tap();
    await page.getByRole("heading", { name: "Your desktop, in your hand" }).waitFor();
    await show(page, "welcome");
    await button(page, /Same network/).tap();
    await page.getByRole("textbox", { name: "Code" }).waitFor();
    await show(page, "pair");
  });

  it("keeps the sessions beside the conversation on a tablet", async () => {
    const page = await visit({ viewport: { width: 1024, height: 768 }, hasTouch: true });
    const list = page.getByRole("complementary", { name: "Sessions" });
    await list.getByRole("button", { name: /^Quarterly report/ }).tap();
    await log(page).getByText("led by").waitFor();
    await show(page, "tablet");
  });
});

/** What the page keeps is written a moment after it came. */
async function keptOnDevice(page: Page): Promise<void> {
  await expect
    .poll(() =>
      page.evaluate<string>(dumpOfDatabase).then((dump) => dump.includes("kept/session/")),
    )
    .toBe(true);
}

/** All names and bytes that lie in the vault, as Latin text. */
const dumpOfDatabase = `new Promise((resolve, reject) => {
  const asked = indexedDB.open("aetheria-companion");
  asked.onerror = () => reject(asked.error);
  asked.onsuccess = () => {
    const store = asked.result.transaction("texts").objectStore("texts");
    const [names, values] = [store.getAllKeys(), store.getAll()];
    values.onsuccess = () => {
      const latin = new TextDecoder("latin1");
      const text = values.result.map(({ nonce, sealed }) => latin.decode(nonce) + latin.decode(sealed));
      asked.result.close();
      resolve([...names.result, ...text].join(" "));
    };
  };
})`;

/** As a system hands it to an installed app. */
const shareTo = `(address) => {
  const form = document.createElement("form");
  form.method = "post";
  form.enctype = "multipart/form-data";
  form.action = address;
  const given = { title: "A page", url: "https://example.com/" };
  for (const [name, value] of Object.entries(given)) {
    const field = document.createElement("input");
    Object.assign(field, { name, value });
    form.append(field);
  }
  const files = document.createElement("input");
  Object.assign(files, { name: "files", type: "file" });
  const carrier = new DataTransfer();
  carrier.items.add(new File(["region,q2,q3\\nEMEA,4.10,5.37\\nAPAC,3.22,3.64\\n"], "shared.csv", { type: "text/csv" }));
  files.files = carrier.files;
  form.append(files);
  document.body.append(form);
  form.submit();
}`;
