// The settings over the real `aetheria serve`: every section pictured in both looks, and what a
// person does with all of their data: back up, bring back, take away.
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { PageRig, phone, type Served } from "./page-rig.ts";
import { show } from "./show.ts";

let rig: PageRig;
const open: Page[] = [];
const thrown: string[] = [];

beforeAll(async () => {
  rig = await PageRig.open();
  rig.model.onMessage("hello", { content: "Hello to you." });
});
afterAll(() => rig?.close());
afterEach(async () => {
  await Promise.all(open.splice(0).map((page) => page.context().close()));
  expect(thrown.splice(0)).toEqual([]);
});

/** A page that has been through the first run, in the settings. */
async function visit(served: Served, section: string): Promise<Page> {
  const page = await rig.page(served.address);
  open.push(page);
  page.on("pageerror", (error) => thrown.push(error.message));
  await toSettings(page, section);
  return page;
}

async function toSettings(page: Page, section: string): Promise<void> {
  await apps(page).getByRole("button", { name: "Settings" }).click();
  await sections(page).getByRole("button", { name: section, exact: true }).click();
}

const apps = (page: Page) => page.getByRole("navigation", { name: "Apps" });
const sections = (page: Page) => page.getByRole("navigation", { name: "Sections" });
const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });

async function guided(data: string): Promise<Served> {
  const served = await rig.serve(data, rig.withModel);
  const page = await rig.page(served.address);
  await apps(page).waitFor();
  const skip = button(page, "Skip the guide");
  if (await skip.isVisible()) await skip.click();
  await page.context().close();
  return served;
}

const grants = [
  { verdict: "allow", tool: "write_file", path: "/home/me/website/**", sessionId: null },
  { verdict: "ask", tool: "web_fetch", host: "api.github.com", sessionId: null },
  { verdict: "deny", tool: "*", host: "*.bank.example", sessionId: null },
];

describe("the settings", () => {
  let served: Served;
  beforeAll(async () => {
    served = await guided("settings");
  });

  const names = [
    ...["Models", "Permission", "Budgets", "Appearance", "Shortcuts", "Instructions"],
    ...["Browser and search", "Network", "Data", "Trash", "Updates", "About"],
  ];
  it.each(names)("have a section %s", async (name) => {
    const page = await visit(served, name);
    await page.getByRole("heading", { name: `Settings — ${name}` }).waitFor();
    if (name === "About") await page.getByText("ripgrep", { exact: false }).first().waitFor();
    await show(page, `settings-${name.toLowerCase().replaceAll(" ", "-")}`);
  });

  it("choose who answers a search, and keep what each of them needs", async () => {
    const page = await visit(served, "Browser and search");
    await page.getByRole("radio", { name: "SearXNG" }).check({ force: true });
    await page.getByRole("textbox", { name: "Address of the SearXNG server" }).waitFor();
    await show(page, "settings-searxng");
    await page.getByRole("radio", { name: "Brave" }).check({ force: true });
    await page.getByText("No key yet", { exact: false }).first().waitFor();
    await show(page, "settings-brave");
    await page.getByRole("radio", { name: "A results page" }).check({ force: true });
  });

  it("are found by a word of theirs, and say so when there is none", async () => {
    const page = await visit(served, "Models");
    const find = page.getByRole("searchbox", { name: "Find a setting" });
    await find.fill("motion");
    await sections(page)
      .getByRole("button", { name: /Appearance/ })
      .click();
    await page.getByRole("switch", { name: "Reduced motion" }).waitFor();
    await show(page, "settings-found");
    await find.fill("nonsense");
    await page.getByText("No setting is called that.").first().waitFor();
  });

  it("show grants with what they allow, and revoke them", async () => {
    const page = await visit(served, "Models");
    await callHost(served, grants);
    await sections(page).getByRole("button", { name: "Permission" }).click();
    await page.getByText("*.bank.example").waitFor();
    await show(page, "settings-grants");
    await button(page, "Revoke").first().click();
    await expect.poll(() => button(page, "Revoke").count()).toBe(2);
    await page.getByRole("radio", { name: "Autonomous" }).check({ force: true });
    await expect.poll(() => page.getByRole("radio", { name: "Autonomous" }).isChecked()).toBe(true);
  });

  it("keep what is chosen for the look, at once and after a reload", async () => {
    const page = await visit(served, "Appearance");
    await page.getByRole("switch", { name: "Reduced motion" }).click();
    await page.getByRole("radio", { name: "Dark" }).check({ force: true });
    const root = page.locator("html");
    await expect.poll(() => root.getAttribute("data-motion")).toBe("reduced");
    await expect.poll(() => root.getAttribute("data-theme")).toBe("dark");
    await page.reload();
    await expect.poll(() => root.getAttribute("data-motion")).toBe("reduced");
    await toSettings(page, "Appearance");
    await page.getByRole("radio", { name: "System" }).check({ force: true });
    await expect.poll(() => root.getAttribute("data-theme")).toBe("system");
  });

  it("are a list and then a section on a phone", async () => {
    const page = await visit(served, "Models");
    await page.setViewportSize(phone);
    await sections(page).waitFor();
    await show(page, "settings-phone-list");
    await sections(page).getByRole("button", { name: "Data", exact: true }).click();
    await button(page, "Back up now").waitFor();
    await show(page, "settings-phone-data");
    for (const name of ["Permission", "Browser and search", "Appearance", "Updates"]) {
      await button(page, "All settings").click();
      await sections(page).getByRole("button", { name, exact: true }).click();
      await show(page, `settings-phone-${name.toLowerCase().replaceAll(" ", "-")}`);
    }
  });
});

/** Lasting answers, as questions would have made them. */
async function callHost(served: Served, list: typeof grants): Promise<void> {
  const { io } = await import("socket.io-client");
  const { socketChannel } = await import("../src/rpc/socket-channel.ts");
  const { createClient } = await import("../src/rpc/client.ts");
  const token = served.address.split("token=")[1];
  const socket = io(served.url, { auth: { token }, transports: ["websocket"] });
  await new Promise<void>((resolve) => socket.once("connect", () => resolve()));
  const client = createClient(socketChannel(socket));
  for (const grant of list)
    await client.call("grant.add", {
      grant: grant as { verdict: "allow"; tool: string; sessionId: null },
    });
  socket.disconnect();
}

describe("one's data", () => {
  const instructions = (page: Page) => page.getByRole("textbox", { name: "Your instructions" });

  async function instruct(page: Page, text: string): Promise<void> {
    await sections(page).getByRole("button", { name: "Instructions" }).click();
    await instructions(page).fill(text);
    await button(page, "Save").click();
    await page.getByText("Saved").first().waitFor();
  }

  it("is backed up, saved elsewhere, changed, and brought back", async () => {
    const served = await guided("restored");
    const page = await visit(served, "Instructions");
    await instruct(page, "Be brief.");
    await sections(page).getByRole("button", { name: "Data", exact: true }).click();
    await button(page, "Back up now").click();
    await button(page, /^Restore… aetheria-backup-/).waitFor();
    await button(page, "Export all").click();
    await button(page, /^Save as… aetheria-export-/).waitFor();
    await show(page, "settings-data-files");

    const download = page.waitForEvent("download");
    await button(page, /^Save as… aetheria-backup-/).click();
    const saved = await (await download).path();
    const [kept] = await readdir(join(rig.workspace, "..", "restored", "backups"));
    const lies = await readFile(join(rig.workspace, "..", "restored", "backups", kept ?? ""));
    expect((await readFile(saved)).equals(lies)).toBe(true);

    await instruct(page, "Be long.");
    await sections(page).getByRole("button", { name: "Data", exact: true }).click();
    await button(page, /^Restore… aetheria-backup-/).click();
    await page.getByRole("dialog").getByText("Is replaced").waitFor();
    await show(page, "settings-restore");
    await page.getByRole("dialog").getByRole("button", { name: "Restore" }).click();
    await page.getByText("The backup is in place.").first().waitFor();
    await expect.poll(() => asideFolders("restored")).toBe(1);
    await toSettings(page, "Instructions");
    await expect.poll(() => instructions(page).inputValue()).toBe("Be brief.");

    // The same one, as a file from elsewhere.
    await instruct(page, "Be longer.");
    await sections(page).getByRole("button", { name: "Data", exact: true }).click();
    await page.locator("input[type=file][accept*=zip]").setInputFiles(saved);
    await page.getByText("A file from elsewhere brings no lasting answers").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Restore" }).click();
    await expect.poll(() => asideFolders("restored")).toBe(2);
    await toSettings(page, "Instructions");
    await expect.poll(() => instructions(page).inputValue()).toBe("Be brief.");
  });

  const asideFolders = async (data: string) => {
    const names = await readdir(join(rig.workspace, "..", data));
    return names.filter((name) => name.startsWith("replaced-")).length;
  };

  it("shows how far a backup is, and stops it", async () => {
    const served = await guided("large");
    const folder = join(rig.workspace, "..", "large", "attachments", "aa");
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `aa${"0".repeat(62)}`), Buffer.alloc(400_000_000));
    const page = await visit(served, "Data");
    await button(page, "Back up now").click();
    await page.getByRole("progressbar", { name: "Backing up" }).waitFor();
    await button(page, "Cancel").click();
    await page.getByRole("progressbar").waitFor({ state: "detached" });
    await page.getByText("No backup and no export yet.").waitFor();
    expect(await readdir(join(rig.workspace, "..", "large", "backups"))).toEqual([]);
  });

  it("says what is wrong with a file that is no backup, and changes nothing", async () => {
    const served = await guided("refused");
    const page = await visit(served, "Data");
    const diary = join(rig.workspace, "diary.zip");
    await writeFile(diary, "Dear diary");
    await page.locator("input[type=file][accept*=zip]").setInputFiles(diary);
    await page.getByRole("dialog").getByRole("button", { name: "Restore" }).click();
    await page.getByText("This file is not a backup made by Aetheria.").first().waitFor();
    await show(page, "settings-restore-refused");
  });

  it("is deleted, all of it, after a typed word; then it is the first run again", async () => {
    const served = await guided("deleted");
    const page = await visit(served, "Data");
    await button(page, "Back up now").click();
    await button(page, /^Restore… aetheria-backup-/).waitFor();
    await button(page, "Delete everything…").click();
    const dialog = page.getByRole("dialog");
    const verb = dialog.getByRole("button", { name: "Delete everything", exact: true });
    expect(await verb.isDisabled()).toBe(true);
    await dialog.getByRole("textbox").fill("delete every");
    expect(await verb.isDisabled()).toBe(true);
    await dialog.getByRole("textbox").fill("Delete everything");
    await show(page, "settings-delete-all");
    await verb.click();
    const left = () => stat(join(rig.workspace, "..", "deleted", "backups")).catch(() => null);
    await expect.poll(left).toBeNull();
    await page.getByText("Pick a look").first().waitFor();
  });
});
