// What the desktop shows of the mirror while it works: Connections in each of its states, the choice for
// one session, where files are. A real host, real PostgreSQL behind a Supabase-compatible gateway.
import { readdir, rm } from "node:fs/promises";
import * as path from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { connectSocket } from "../src/cli/connect-socket.ts";
import { readLinkCode } from "../src/cloud/link-code.ts";
import { MessageId, type SessionId } from "../src/contract/ids.ts";
import type { AttachmentRef } from "../src/contract/session.ts";
import { putAttachment } from "../src/rpc/put-attachment.ts";
import { openMirrorPhone, type MirrorPhone } from "../src/testing/mirror-phone.ts";
import { paused } from "../src/testing/supabase/faults.ts";
import { startSupabase, type Supabase } from "../src/testing/supabase/start-supabase.ts";
import { chartPicture } from "./chart-picture.ts";
import { laptop, PageRig, phone, type Served } from "./page-rig.ts";
import { docsPictures, show } from "./show.ts";

type Host = Awaited<ReturnType<typeof connectSocket>>;
type Options = Parameters<PageRig["page"]>[1];

const account = { email: "ada.lovelace@example.test", password: "correct horse 42" };
const passphrase = "battery staple 4711";
const touch = { viewport: phone, hasTouch: true, isMobile: true };
const longName = `The tablet in the kitchen ${"that everybody uses ".repeat(3)}0123456789`;
const report = "Quarterly report";

let rig: PageRig;
let supabase: Supabase;
let served: Served;
let second: Served;
let host: Host;
const phones: MirrorPhone[] = [];
let sessionId: SessionId;
let chart: AttachmentRef;
const open: Page[] = [];

beforeAll(async () => {
  [rig, supabase] = await Promise.all([PageRig.open(), startSupabase()]);
  rig.model.onMessage("look", { content: "Revenue grew by **18.4 %**." });
  served = await rig.serve("mirror-screens", rig.withModel);
  host = await hostOf(served);
});
afterAll(async () => {
  await Promise.all(phones.map((one) => one.close()));
  host?.close();
  await rig?.close();
  await supabase?.close();
});
afterEach(() => Promise.all(open.splice(0).map((page) => page.context().close())));

const hostOf = ({ url, address }: Served) => connectSocket(url, address.split("token=")[1] ?? "");
const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });
const app = (page: Page, name: string | RegExp) =>
  page.getByRole("navigation", { name: "Apps" }).getByRole("button", { name });
const now = (page: Page) => page.getByRole("region", { name: "Mirror", exact: true });
const phase = (page: Page, name: string) => now(page).getByRole("heading", { name }).waitFor();

async function visit(of: Served, options: Options = {}): Promise<Page> {
  const page = await rig.page(of.address, options);
  open.push(page);
  return page;
}

async function connections(of: Served = served, options: Options = {}): Promise<Page> {
  const page = await visit(of, options);
  await app(page, "Connections").click();
  return page;
}

async function conversation(options: Options = {}): Promise<Page> {
  const page = await visit(served, options);
  await page.getByRole("navigation", { name: "Apps" }).waitFor();
  await page.evaluate(`location.hash = "${sessionId}"`);
  await page.getByText("Revenue grew by").waitFor();
  return page;
}

async function signIn(page: Page, isNew: boolean): Promise<void> {
  await page.getByLabel("Project address").fill(supabase.url);
  await page.getByLabel("Public key").fill(supabase.anonKey);
  await page.getByLabel("E-mail").fill(account.email);
  await page.getByLabel("Password").fill(account.password);
  if (isNew) await page.getByRole("switch", { name: "I have no account here yet" }).click();
  await button(page, isNew ? "Make an account" : "Sign in").click();
}

/** What happened in the cloud's favour: a message with a chart, and its answer. */
async function writeReport(): Promise<void> {
  ({ sessionId } = await host.call("session.create", {
    title: report,
    workspace: rig.workspace,
  }));
  const bytes = chartPicture();
  chart = await putAttachment(host, {
    ...{ uploadId: "chart", name: "chart.png", mime: "image/png", sizeBytes: bytes.length },
    read: (from, to) => bytes.subarray(from, to),
  });
  const message = { messageId: MessageId.parse("m1"), text: "Please look at this chart." };
  await host.call("session.send", {
    sessionId,
    ...message,
    attachments: [chart],
    delivery: "auto",
  });
}

async function join(name: string, platform: string): Promise<void> {
  const { link } = await host.call("mirror.link", { companion: "https://c.example/" });
  const code = readLinkCode(link);
  if (!code) throw new Error("There is no code in the link.");
  phones.push(await openMirrorPhone(code, account.password, { name, platform }));
}

const placeOfChart = async () => {
  const { files } = await host.call("mirror.session", { sessionId });
  return files.find(({ sha256 }) => sha256 === chart.sha256);
};

describe("the mirror on the desktop", () => {
  it("shows nothing of it before somebody signs in", async () => {
    await writeReport();
    const page = await conversation();
    expect(await button(page, /^Mirrored/).count()).toBe(0);
    expect(await page.getByText("Only here").count()).toBe(0);
  });

  it("makes an account and its key, with what a lost passphrase means said before", async () => {
    const page = await connections();
    await signIn(page, true);
    await page.getByRole("heading", { name: "Make the account’s key" }).waitFor();
    await page.getByText("Nobody can bring this passphrase back").waitFor();
    await show(page, "connections-key");
    await page.getByLabel("Passphrase").fill(passphrase);
    await page.getByLabel("The same again").fill("another one");
    await page.getByText("These are two different passphrases.").waitFor();
    await page.getByLabel("The same again").fill(passphrase);
    await page.getByRole("switch", { name: "I keep it somewhere safe" }).click();
    await button(page, "Make the account’s key").click();
    await phase(page, "Up to date");
    await page.getByText("No phone or browser has joined yet.").waitFor();
  });

  it("shows what is there, and the devices as they join", async () => {
    const page = await connections();
    await phase(page, "Up to date");
    await join("Ada’s phone", "Chrome on Android");
    await button(page, "Revoke: Ada’s phone").waitFor();
    await now(page)
      .getByText(/^\d+ steps, \d.* of files$/)
      .waitFor();
    await page.screenshot({ path: `${docsPictures}/mirror.png` });
    await button(page, "Test it").click();
    await page.getByRole("status", { name: "What the test found" }).waitFor();
    await show(page, "connections-up-to-date");
    await button(page, "Link a device").click();
    const dialog = page.getByRole("dialog", { name: "Scan this with the other device" });
    await dialog.getByLabel("Where the companion is").fill("https://c.example/");
    await dialog.getByRole("button", { name: "Show the picture" }).click();
    await dialog.getByRole("img", { name: "A picture for the phone’s camera" }).waitFor();
    await show(page, "connections-link");
  });

  it("fits a narrow window and a phone", async () => {
    await join(longName, "Firefox on Linux");
    const narrow = await connections(served, { viewport: laptop });
    await phase(narrow, "Up to date");
    await button(narrow, `Revoke: ${longName}`).waitFor();
    await show(narrow, "connections-up-to-date", "-laptop");
    const small = await connections(served, touch);
    await phase(small, "Up to date");
    await button(small, `Revoke: ${longName}`).scrollIntoViewIfNeeded();
    await show(small, "connections-up-to-date", "-phone");
  });

  it("says where each file is, and fetches what only the cloud has", async () => {
    await expect.poll(async () => (await placeOfChart())?.cloud).toBe("whole");
    const page = await conversation();
    await page.getByText("Here and in the cloud").waitFor();
    await show(page, "mirror-session");
    const folder = path.join(rig.home, "mirror-screens", "attachments", chart.sha256.slice(0, 2));
    expect(await readdir(folder)).toContain(chart.sha256);
    await rm(path.join(folder, chart.sha256));
    await page.reload();
    await page.getByText("Only in the cloud").waitFor();
    await show(page, "mirror-file-away");
    await app(page, "Files").click();
    await page.getByRole("treeitem", { name: "Files of this session (1)" }).click();
    const files = page.getByRole("list", { name: "Files of this session" });
    await files.getByText("Only in the cloud").waitFor();
    await show(page, "files-of-session");
    await files.getByRole("button", { name: "Fetch chart.png from the cloud" }).click();
    await files.getByText("Here and in the cloud").waitFor();
    expect(await readdir(folder)).toContain(chart.sha256);
    await app(page, "Chat").click();
    await page.getByRole("img", { name: "chart.png" }).waitFor();
  });

  it("lets the person choose for one session, and warns before its copy goes", async () => {
    const page = await conversation();
    await button(page, "Mirrored: everything").click();
    await show(page, "mirror-choice");
    await page.getByRole("menuitemradio", { name: /^What was said/ }).click();
    await button(page, "Mirrored: what was said").click();
    await page.getByRole("menuitemradio", { name: /^Nothing/ }).click();
    const warning = page.getByRole("dialog", { name: `Take “${report}” out of the cloud?` });
    await show(page, "mirror-choice-nothing");
    await warning.getByRole("button", { name: "Keep it there" }).click();
    await button(page, "Mirrored: what was said").waitFor();
    await page.keyboard.press("F2");
    const dialog = page.getByRole("dialog", { name: report });
    await dialog.getByLabel("What of this session is mirrored").selectOption("Nothing");
    await warning.getByRole("button", { name: "Delete the cloud copy" }).click();
    await button(page, "Mirrored: nothing").waitFor();
    const copies = async () =>
      (await supabase.sql("select 1 from public.events where session_id = $1", [sessionId])).length;
    await expect.poll(copies).toBe(0);
    await button(page, "Mirrored: nothing").click();
    await page.getByRole("menuitemradio", { name: /^As for every session/ }).click();
    await button(page, "Mirrored: everything").waitFor();
    await expect.poll(copies).toBeGreaterThan(0);
  });

  it("says what is on its way, why it waits and for how long", async () => {
    const page = await connections();
    await phase(page, "Up to date");
    const line = Promise.withResolvers<void>();
    supabase.faults.next({ kind: "held", until: line.promise }, 1, /mirror_push/);
    await host.call("session.create", { title: "Over a slow line" });
    await phase(page, "Sending");
    await page.getByText(/^1 step, the oldest waits for \d/).waitFor();
    line.resolve();
    await phase(page, "Up to date");
    supabase.faults.next(paused(), 1_000);
    await host.call("session.create", { title: "While the project sleeps" });
    await phase(page, "Waiting to try again");
    await page.getByText(/^Next try in \d/).waitFor();
    await now(page).getByText("This Supabase project is paused.").waitFor();
    await show(page, "connections-waiting");
    await button(page, "Try now").click();
    supabase.faults.clear();
    await phase(page, "Up to date");
  });

  it("asks to sign in again when the server no longer knows it", async () => {
    const page = await connections();
    await phase(page, "Up to date");
    const [user] = await supabase.sql("select id from auth.users where email = $1", [
      account.email,
    ]);
    await supabase.signOutEverywhere(String(user?.["id"]));
    await host.call("session.create", { title: "After the sign-in ended" });
    await phase(page, "Needs you");
    await app(page, /Connections.*1 waits for you/).waitFor();
    await show(page, "connections-blocked");
    await button(page, "Sign in again").click();
    const dialog = page.getByRole("dialog", { name: "Sign in again" });
    await dialog.getByLabel("Password").fill(account.password);
    await show(page, "connections-sign-in-again");
    await dialog.getByRole("button", { name: "Sign in" }).click();
    await phase(page, "Up to date");
  });

  it("asks a second computer for the passphrase", async () => {
    second = await rig.serve("mirror-second");
    const page = await connections(second);
    await signIn(page, false);
    await page.getByRole("heading", { name: "Open the account’s key" }).waitFor();
    await show(page, "connections-locked");
    await page.getByLabel("Passphrase").fill("not that one at all");
    await button(page, "Open the account’s key").click();
    await page
      .getByText(/does not open this account/)
      .first()
      .waitFor();
    await page.getByLabel("Passphrase").fill(passphrase);
    await button(page, "Open the account’s key").click();
    await phase(page, "Up to date");
  });

  it("revokes a phone and changes the key with it, which other computers then ask for", async () => {
    const elsewhere = await connections(second);
    await phase(elsewhere, "Up to date");
    const page = await connections();
    await button(page, "Revoke: Ada’s phone").click();
    const dialog = page.getByRole("dialog", { name: "Revoke Ada’s phone?" });
    await dialog.getByLabel("Passphrase").fill(passphrase);
    await dialog.getByLabel("The same again").fill(passphrase);
    await dialog.getByRole("switch", { name: "I keep it somewhere safe" }).click();
    await show(page, "connections-revoke");
    await dialog.getByRole("button", { name: "Revoke" }).click();
    await page.getByText("revoked", { exact: true }).waitFor();
    await phase(page, "Up to date");
    const other = await hostOf(second);
    await other.call("mirror.retry", {});
    other.close();
    await elsewhere.getByRole("heading", { name: "Open the account’s key" }).waitFor();
  });
});
