// The companion through the mirror: a real host, real PostgreSQL behind a Supabase-compatible gateway, a
// phone that never talks to the host. What it is linked with, sees, sends, and keeps without a net.
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BrowserContextOptions, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { connectSocket } from "../src/cli/connect-socket.ts";
import { startSupabase, type Supabase } from "../src/testing/supabase/start-supabase.ts";
import { PageRig, phone, type Served } from "./page-rig.ts";
import { show } from "./show.ts";
import { playTurns, use } from "./scenario-model.ts";

const touch: BrowserContextOptions = { viewport: phone, hasTouch: true, isMobile: true };
const account = { email: "ada@example.com", password: "correct horse" };
const passphrase = "battery staple 4711";

let rig: PageRig;
let served: Served;
let supabase: Supabase;
let host: Awaited<ReturnType<typeof connectSocket>>;
const open: Page[] = [];

beforeAll(async () => {
  [rig, supabase] = await Promise.all([PageRig.open(), startSupabase()]);
  await writeFile(join(rig.workspace, "notes.md"), "old\n");
  const { model } = rig;
  playTurns(model, "delete the notes", [
    use("delete_file", { path: "notes.md" }),
    { content: "The notes are in the trash." },
  ]);
  model.onMessage("hello", { content: "Hello from **afar**." });
  served = await rig.serve("mirrored", rig.withModel);
  host = await connectSocket(served.url, served.address.split("token=")[1] ?? "");
  const gateway = new URL(supabase.url).host;
  await host.call("settings.set", { allowedPrivateHosts: [gateway] });
  const { url, anonKey } = supabase;
  await host.call("mirror.signIn", { url, anonKey, ...account, isNew: true });
  await host.call("mirror.unlock", { passphrase });
  await host.call("session.create", { title: "Quarterly report", workspace: rig.workspace });
});
afterAll(async () => {
  host?.close();
  await rig?.close();
  await supabase?.close();
});
afterEach(() => Promise.all(open.splice(0).map((page) => page.context().close())));

const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });
const field = (page: Page, name: string) => page.getByRole("textbox", { name });
const log = (page: Page) => page.getByRole("log");

async function visit(fragment = ""): Promise<Page> {
  const page = await rig.page(`${served.url}/companion/${fragment}`, touch);
  open.push(page);
  return page;
}

async function signedIn(page: Page): Promise<void> {
  await page.getByLabel("Password").fill(account.password);
  await button(page, "Sign in").tap();
}

/** By the picture on the desktop's screen. */
async function linked(): Promise<Page> {
  const companion = `${served.url}/companion/`;
  const { link } = await host.call("mirror.link", { companion });
  const page = await visit(new URL(link).hash);
  await signedIn(page);
  await button(page, "Connection: mirror").waitFor();
  return page;
}

async function say(page: Page, text: string): Promise<void> {
  await field(page, "Message").fill(text);
  await button(page, "Send").tap();
}

describe("the companion through the mirror", () => {
  it("is linked by hand: project, account, passphrase, and what a lost one means", async () => {
    const page = await visit();
    await button(page, /From anywhere/).tap();
    await field(page, "Project’s address").fill(supabase.url);
    await field(page, "Public key (anon)").fill(supabase.anonKey);
    await field(page, "E-mail").fill(account.email);
    await show(page, "companion-sign-in");
    await signedIn(page);
    await page.getByText("Nobody can reset this passphrase").waitFor();
    await show(page, "companion-passphrase");
    await page.getByLabel("Passphrase").fill("not that one at all");
    await button(page, "Open").tap();
    await page.getByText("does not open this account's key").waitFor();
    await page.getByLabel("Passphrase").fill(passphrase);
    await button(page, "Open").tap();
    await button(page, /^Quarterly report/).waitFor();
    await show(page, "companion-mirrored");
  });

  it("is linked by a picture, sends, and decides; the host does it", async () => {
    const page = await linked();
    expect(page.url()).not.toContain("link=");
    await button(page, /^Quarterly report/).tap();
    await say(page, "hello");
    await log(page).getByText("Hello from").waitFor();
    await say(page, "Please delete the notes.");
    await button(page, "Allow once").waitFor();
    await show(page, "companion-mirrored-approval");
    await button(page, "Allow once").tap();
    await log(page).getByText("The notes are in the trash.").waitFor();
    await expect
      .poll(() => supabase.sql("select 1 from public.commands").then((rows) => rows.length))
      .toBe(0);
  });

  it("asks the same on the desktop and on the phone, and the answer of one ends it on the other", async () => {
    await writeFile(join(rig.workspace, "notes.md"), "written again\n");
    await host.call("session.create", { title: "On both", workspace: rig.workspace });
    const desk = await rig.page(served.address);
    open.push(desk);
    await desk
      .getByRole("button", { name: /Sessions/ })
      .first()
      .waitFor();
    await desk.keyboard.press("Control+k");
    await desk.getByRole("combobox").fill("On both");
    await desk
      .getByRole("option", { name: /On both/ })
      .first()
      .waitFor();
    await desk.keyboard.press("Enter");
    const page = await linked();
    await button(page, /^On both/).tap();
    await say(page, "Please delete the notes.");
    const cards = [desk, page].map((one) => one.locator("section.approval"));
    for (const card of cards) await card.getByRole("button", { name: "Allow once" }).waitFor();
    const asked = (card: Locator) => card.locator("h3, .why, dt, dd").allInnerTexts();
    const [there, here] = await Promise.all(cards.map(asked));
    expect(there?.join(" ")).toContain("notes.md");
    expect(here).toEqual(there);
    await button(page, "Deny").tap();
    await cards[0]?.waitFor({ state: "detached" });
    await desk.getByRole("log").getByText("The notes are in the trash.").waitFor();
    expect(existsSync(join(rig.workspace, "notes.md"))).toBe(true);
  });

  it("renames a session, and is told when only what was said is mirrored", async () => {
    const { sessionId } = await host.call("session.create", { title: "Nameless" });
    const page = await linked();
    await button(page, /^Nameless/).tap();
    await button(page, "Nameless").tap();
    const dialog = page.getByRole("dialog", { name: "Rename this session" });
    await dialog.getByRole("textbox", { name: "Name" }).fill("Named on the phone");
    await show(page, "companion-rename");
    await dialog.getByRole("button", { name: "Save" }).tap();
    await button(page, "Named on the phone").waitFor();
    const { sessions } = await host.call("session.list", {});
    expect(sessions.map(({ title }) => title)).toContain("Named on the phone");
    await host.call("mirror.choose", { sessionId, choice: "text" });
    await page.getByText("Only what was said is mirrored.").waitFor();
    await page.getByText("What shall we do?").waitFor();
    await show(page, "companion-text-only");
  });

  it.each([-24, 24])("works on a phone whose clock is %i hours off", async (hours) => {
    const companion = `${served.url}/companion/`;
    const { link } = await host.call("mirror.link", { companion });
    const page = await visit();
    await page.clock.setSystemTime(Date.now() + hours * 3_600_000);
    await page.goto("about:blank");
    await page.goto(link);
    await signedIn(page);
    await button(page, "Connection: mirror").waitFor();
    await button(page, /^Quarterly report/).tap();
    const answers = log(page).getByText("Hello from");
    await answers.first().waitFor();
    const before = await answers.count();
    await say(page, "hello from another day");
    await answers.nth(before).waitFor();
    await button(page, "Connection: mirror").waitFor();
  });

  it("reads and writes without a net, and what was written leaves when it is back", async () => {
    const page = await linked();
    await button(page, /^Quarterly report/).tap();
    await log(page).getByText("Hello from").first().waitFor();
    await page.evaluate("navigator.serviceWorker.ready.then(() => undefined)");
    await page.context().setOffline(true);
    await page.reload();
    await log(page).getByText("Hello from").first().waitFor();
    await button(page, "Connection: offline").waitFor();
    const answers = log(page).getByText("Hello from");
    const before = await answers.count();
    await say(page, "hello again from the train");
    await log(page).getByText("Leaves when the net is back").waitFor();
    await page.context().setOffline(false);
    await answers.nth(before).waitFor();
    await expect.poll(() => log(page).getByText("Leaves when the net is back").count()).toBe(0);
  });

  it("asks for the passphrase when the key was changed on the desktop, and goes on", async () => {
    const page = await linked();
    const changed = "another staple 4712";
    await host.call("mirror.rotateKey", { passphrase: changed });
    await host.call("session.create", { title: "Under the new key" });
    await page.reload();
    const dialog = page.getByRole("dialog", { name: "How this device is connected" });
    await dialog.getByText("changed on another device").waitFor();
    await show(page, "companion-locked");
    await dialog.getByLabel("Passphrase").fill(passphrase);
    await dialog.getByRole("button", { name: "Open" }).tap();
    await dialog.getByText("does not open this account's key").waitFor();
    await dialog.getByLabel("Passphrase").fill(changed);
    await dialog.getByRole("button", { name: "Open" }).tap();
    await button(page, /^Under the new key/).waitFor();
    await button(page, "Connection: mirror").waitFor();
  });

  it("leaves no word on the server", async () => {
    const { text } = await supabase.dump();
    for (const word of ["Quarterly", "hello", "notes", "Allow", "Named", passphrase])
      expect(text).not.toContain(word);
  });
});
