// What only the window of the desktop app has: its settings and the system's places behind them, files
// it writes by itself, links that lead out, large pastes, zoom; with a picture of each in both looks.
import { access, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { watchEffects } from "./desktop-effects.ts";
import { DesktopRig, type Launched } from "./desktop-rig.ts";
import { quarterlyReport } from "./quarterly-report.ts";
import { findings, overflow, picture, show as showScreen } from "./show.ts";

let rig: DesktopRig;
let launched: Launched;
let page: Page;
const thrown: string[] = [];

/** Turns the direction of writing: `gpj.exe` would read `exe.jpg`. */
const turned = "photo_\u202egpj.exe";

beforeAll(async () => {
  rig = await DesktopRig.open();
  rig.model.onMessage("where to", {
    content: [
      "[safe](https://example.com/a) [plain](http://example.com/b)",
      "[script](javascript:alert(1)) [file](file:///etc/passwd)",
    ].join("\n\n"),
  });
  rig.model.onMessage("hello", { content: "Hello to you." });
  await writeFile(join(rig.workspace, "report.csv"), "region,q2,q3\nEMEA,4.10,5.37\n");
  launched = await rig.launch("window", { env: rig.withModel });
  page = launched.page;
  page.on("pageerror", (error) => thrown.push(error.message));
});
afterAll(() => rig?.close());
afterEach(() => expect(thrown.splice(0)).toEqual([]));

const eventually = <T>(look: () => T | Promise<T>) => expect.poll(look, { timeout: 30_000 });
const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

const button = (name: string | RegExp) => page.getByRole("button", { name });
const log = () => page.getByRole("log");
const message = () => page.getByRole("textbox", { name: "Message" });
const dock = (name: string) =>
  page.getByRole("navigation", { name: "Apps" }).getByRole("button", { name });

async function say(text: string): Promise<void> {
  await message().fill(text);
  await message().press("Enter");
}

async function startSession(): Promise<void> {
  const before = page.url();
  await page.keyboard.press("Control+Shift+O");
  await eventually(() => page.url()).not.toBe(before);
  await page.getByText("What shall we do?").waitFor();
}

async function toSettings(section: string): Promise<void> {
  const sections = page.getByRole("navigation", { name: "Sections" });
  if (!(await sections.isVisible())) await dock("Settings").click();
  await sections.getByRole("button", { name: section, exact: true }).click();
}

const show = (name: string) => showScreen(page, `desktop-${name}`);

async function importReport(title = "Quarterly report", lines = 0): Promise<void> {
  const inJson = (text: string) => JSON.stringify(text).slice(1, -1);
  const text = quarterlyReport
    .replaceAll("Quarterly report", inJson(title))
    .replaceAll("Revenue grew", inJson("One more line.\n\n".repeat(lines)) + "Revenue grew");
  await button("Switch session").click();
  await page
    .locator("input[accept*=json]")
    .first()
    .setInputFiles({ name: "q.json", mimeType: "application/json", buffer: Buffer.from(text) });
  await log()
    .getByText(/Revenue grew/)
    .first()
    .waitFor();
}

describe("the settings of the desktop", () => {
  it("write and remove what starts the app with the system", async () => {
    const entry = join(rig.home, "config", "autostart", "aetheria.desktop");
    await toSettings("Desktop");
    const autostart = page.getByRole("switch", { name: "Start with the system" });
    await autostart.click();
    await eventually(() => isThere(entry)).toBe(true);
    const text = await readFile(entry, "utf8");
    expect(text).toMatch(
      /^\[Desktop Entry\]\nType=Application\nName=Aetheria\nExec=".+ "--background"$/m,
    );
    await show("settings");
    await autostart.click();
    await eventually(() => isThere(entry)).toBe(false);
  });

  it("say that the keychain does not protect, and use it only once that is agreed to", async () => {
    const key = () => readFile(join(launched.dataDir, "secrets.key"), "utf8").catch(() => "");
    await toSettings("Models");
    await button(/^(?:Add key|Change)$/)
      .first()
      .click();
    const dialog = page.getByRole("dialog", { name: "Add a key" });
    await dialog.getByLabel("Key").fill("test-key-9876543210");
    await dialog.getByLabel("Address of the server").fill(`${rig.model.url}/v1`);
    await button("Check and keep").click();
    await dialog.waitFor({ state: "detached" });
    await eventually(key).not.toBe("");
    expect(await key()).not.toMatch(/^keychain:/);
    await toSettings("Desktop");
    await page.getByText("not protected").first().waitFor();
    const plain = page.getByRole("switch", { name: "Keep keys all the same" });
    await plain.click();
    await eventually(key).toMatch(/^keychain:/);
    await plain.click();
    await eventually(key).not.toMatch(/^keychain:/);
  });

  it("keep the window in the tray when it is closed, as long as that is wanted", async () => {
    await toSettings("Desktop");
    const isShown = () =>
      launched.app.evaluate(
        ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible() ?? false,
      );
    const tray = page.getByRole("switch", { name: "Stay in the tray" });
    if (!(await tray.isChecked())) await tray.click();
    await eventually(() => tray.isChecked()).toBe(true);
    await launched.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
    await eventually(isShown).toBe(false);
    await launched.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.show());
    await eventually(isShown).toBe(true);
  });

  it("give quick-ask another key, and none", async () => {
    await toSettings("Desktop");
    const isTaken = (key: string) =>
      launched.app.evaluate(({ globalShortcut }, one) => globalShortcut.isRegistered(one), key);
    await eventually(() => isTaken("CommandOrControl+Shift+Space")).toBe(true);
    await button("Change the key").click();
    await page.keyboard.press("a");
    await page.getByText("Hold Ctrl, Alt or the command key with another one.").first().waitFor();
    await page.keyboard.press("Control+Alt+y");
    await eventually(() => isTaken("CommandOrControl+Alt+Y")).toBe(true);
    expect(await isTaken("CommandOrControl+Shift+Space")).toBe(false);
    await button("Remove the key").click();
    await eventually(() => isTaken("CommandOrControl+Alt+Y")).toBe(false);
  });

  it("say how new versions come, and lead to the log", async () => {
    const effects = await watchEffects(launched);
    await toSettings("Updates");
    await page.getByRole("status").getByText(/\w/).first().waitFor();
    await show("updates");
    await toSettings("About");
    await button("Show the log").click();
    await eventually(effects).toEqual([`show ${join(launched.dataDir, "aetheria.log")}`]);
  });

  it("back up, and show the file in its folder", async () => {
    const effects = await watchEffects(launched);
    await toSettings("Data");
    await button("Back up now").click();
    await button(/^Show in folder aetheria-backup-/).click();
    await eventually(async () => (await effects()).join()).toMatch(
      /^show .*\/window\/backups\/aetheria-backup-[^/]+$/,
    );
    await page
      .getByRole("region", { name: /^Settings/ })
      .getByRole("button", { name: "Close" })
      .click();
  });
});

describe("a session", () => {
  it("is saved as a PDF of several pages, under a name that hides nothing", async () => {
    await importReport(`Report ${turned}/..\\x`, 200);
    const path = join(rig.home, "session.pdf");
    const effects = await watchEffects(launched, { savePath: path });
    await button("Export").click();
    await page.getByRole("menuitem", { name: "PDF" }).click();
    await page.getByText(`Saved as ${path}`).first().waitFor({ timeout: 60_000 });
    const bytes = await readFile(path);
    expect(bytes.subarray(0, 5).toString()).toBe("%PDF-");
    expect(bytes.toString("latin1").trimEnd()).toMatch(/%%EOF$/);
    expect(bytes.toString("latin1").match(/\/Type \/Page\b/g)?.length).toBeGreaterThan(2);
    expect((await effects()).join()).toMatch(/^save Report [^/\\\u202e]*\.pdf$/);
    const title = await launched.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.getTitle(),
    );
    expect(title).not.toContain("\u202e");
  });

  it("lets links out as they deserve: at once, after a question, never", async () => {
    await startSession();
    const effects = await watchEffects(launched);
    await say("where to?");
    await log().getByText("safe").click();
    await eventually(effects).toEqual(["open https://example.com/a"]);
    await log().getByText("plain").click();
    await eventually(effects).toHaveLength(2);
    const address = page.url();
    await log().getByText("script").click();
    await log().getByText("file", { exact: true }).click();
    expect(await log().getByRole("link").count()).toBe(2);
    await log().getByText("plain").click();
    await eventually(effects).toEqual([
      "open https://example.com/a",
      "ask http://example.com/b",
      "ask http://example.com/b",
    ]);
    expect(page.url()).toBe(address);
  });

  it("takes a paste of 20 MB as a file and goes on at once", async () => {
    await message().fill("Read this: ");
    await page.evaluate(() => {
      const area = document.querySelector<HTMLTextAreaElement>("textarea[enterkeyhint=send]");
      const data = new DataTransfer();
      data.setData("text/plain", "Words and more words. ".repeat(950_000));
      area?.dispatchEvent(
        new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }),
      );
    });
    await page.getByText("too long for a message, so it goes as a file").waitFor();
    await page.getByText("20.9 MB").waitFor();
    await message().press("End");
    await page.keyboard.type("please");
    expect(await message().inputValue()).toBe("Read this: please");
    await button(/^Remove Pasted text/).click();
    await message().fill("");
  });

  it("takes files that are dropped on the window, and goes nowhere with them", async () => {
    const address = page.url();
    const drop = (selector: string) =>
      page.evaluate(
        ({ at, name }) => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File(["<h1>x</h1>"], name, { type: "text/html" }));
          const init = { dataTransfer, bubbles: true, cancelable: true };
          for (const type of ["dragenter", "dragover", "drop"])
            document.querySelector(at)?.dispatchEvent(new DragEvent(type, init));
        },
        { at: selector, name: turned },
      );
    await drop("header");
    await drop("[role=log]");
    await drop("textarea[enterkeyhint=send]");
    await page.getByText("photo_⟨U+202E⟩gpj.exe").first().waitFor();
    expect(page.url()).toBe(address);
    await message().waitFor();
    await button(/^Remove photo_/)
      .first()
      .click();
  });
});

describe("the window", () => {
  it("is readable at a text size of 200 % and at a zoom of 200 %", async () => {
    await toSettings("Appearance");
    while (await button("Larger").isEnabled()) {
      const at = await page
        .getByText(/^\d+ %$/)
        .first()
        .textContent();
      await button("Larger").click();
      await eventually(() =>
        page
          .getByText(/^\d+ %$/)
          .first()
          .textContent(),
      ).not.toBe(at);
    }
    await page.getByText("200 %").first().waitFor();
    await show("text-200");
    await dock("Chat").click();
    await message().waitFor();
    await show("chat-text-200");
    while (await page.evaluate(() => parseFloat(document.documentElement.style.fontSize) > 100)) {
      await toSettings("Appearance");
      const at = await page
        .getByText(/^\d+ %$/)
        .first()
        .textContent();
      await button("Smaller").click();
      await eventually(() =>
        page
          .getByText(/^\d+ %$/)
          .first()
          .textContent(),
      ).not.toBe(at);
    }
    const zoom = (factor: number) =>
      launched.app.evaluate(({ BrowserWindow }, to) => {
        BrowserWindow.getAllWindows()[0]?.webContents.setZoomFactor(to);
      }, factor);
    await zoom(2);
    await eventually(() => page.evaluate(() => innerWidth)).toBeLessThan(800);
    expect(await overflow(page)).toBe(0);
    await picture(page, "desktop-zoom-200");
    await zoom(1);
    await eventually(() => page.evaluate(() => innerWidth)).toBeGreaterThan(1_400);
  });

  it("stands still where motion is not wanted, and has a look of high contrast", async () => {
    await toSettings("Appearance");
    await page.getByRole("switch", { name: "Reduced motion" }).click();
    await eventually(() => page.locator("html").getAttribute("data-motion")).toBe("reduced");
    const longest = await page.evaluate(() =>
      Math.max(
        ...[...document.querySelectorAll("*")].flatMap((one) => {
          const { transitionDuration, animationDuration } = getComputedStyle(one);
          return `${transitionDuration},${animationDuration}`.split(",").map(parseFloat);
        }),
      ),
    );
    expect(longest).toBeLessThan(0.002);
    await page.getByRole("radio", { name: /contrast/i }).check({ force: true });
    await eventually(() => page.locator("html").getAttribute("data-theme")).toBe("contrast");
    expect(await findings(page)).toEqual([]);
    await picture(page, "desktop-contrast");
    await page.getByRole("radio", { name: "System" }).check({ force: true });
  });
});

describe("the main screens", () => {
  it("are clean in both looks", async () => {
    await importReport();
    await show("chat");
    await dock("Activity").click();
    await page.getByRole("tree", { name: "What was done" }).waitFor();
    await dock("Files").click();
    await page.getByText("No folder yet").waitFor();
    await show("windows");
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").fill("revenue");
    await page
      .getByRole("option", { name: /Revenue/ })
      .first()
      .waitFor();
    await show("palette");
    await page.keyboard.press("Escape");
  });
});
