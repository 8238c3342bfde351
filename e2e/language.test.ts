// The page in German over the real `aetheria serve`: chosen in the settings, in the guide and by the
// machine; every screen without an English word, without a clipped button, at both sizes. And the menus
// of the real desktop app.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { connectSocket } from "../src/cli/connect-socket.ts";
import { DesktopRig, type Launched } from "./desktop-rig.ts";
import { desktop, PageRig, phone, type Served } from "./page-rig.ts";
import { findings, overflow, picture } from "./show.ts";

let rig: PageRig;
let served: Served;
const open: Page[] = [];
const thrown: string[] = [];

beforeAll(async () => {
  rig = await PageRig.open();
  await writeFile(join(rig.workspace, "notizen.md"), "# Notizen\n\nBrot kaufen.\n");
  rig.model.onMessage("Hallo", { content: "Guten Tag! Womit fangen wir an?" });
  served = await rig.serve("language", rig.withModel);
});
afterAll(() => rig?.close());
afterEach(async () => {
  await Promise.all(open.splice(0).map((page) => page.context().close()));
  expect(thrown.splice(0)).toEqual([]);
});

async function visit(
  { address }: Served,
  options: Parameters<PageRig["page"]>[1] = {},
): Promise<Page> {
  const page = await rig.page(address, options);
  open.push(page);
  page.on("pageerror", (error) => thrown.push(error.message));
  return page;
}

const button = (page: Page | Locator, name: string | RegExp) =>
  page.getByRole("button", { name, exact: true });
const app = (page: Page, name: string | RegExp) =>
  page.getByRole("navigation", { name: "Apps" }).getByRole("button", { name });
const section = (page: Page, name: string) =>
  page.getByRole("navigation", { name: "Bereiche" }).getByRole("button", { name, exact: true });
const language = (page: Page) => page.getByRole("combobox", { name: /^(Sprache|Language)/ });
const lang = (page: Page) => page.locator("html").getAttribute("lang");

/** Everyday words of English among what is read and what is said to who cannot see. */
const englishOn = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const names = ["aria-label", "title", "placeholder", "aria-description"];
    const spoken = [...document.querySelectorAll("*")].flatMap((element) =>
      names.map((name) => element.getAttribute(name) ?? ""),
    );
    const words =
      /\b(the|and|your|with|what|not|nothing|yet|session|settings|search|show|close|open|new|send|run|of|is|keys?|models?|look|back|add|choose)\b/i;
    return [document.body.innerText, ...spoken]
      .flatMap((text) => text.split("\n"))
      .filter((line) => words.test(line));
  });

/** Buttons and tabs whose words do not fit into them, or that stand over the edge of the screen. */
const clippedOn = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("button, [role=tab], select, h1, h2")]
      .filter((element) => {
        const { width, right, left } = element.getBoundingClientRect();
        if (width < 2 || getComputedStyle(element).visibility === "hidden") return false;
        const isCut = element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 1;
        const isOver = left < innerWidth && right > innerWidth + 1;
        const shortens = getComputedStyle(element).textOverflow === "ellipsis";
        return (isCut && !shortens) || isOver;
      })
      .map((element) => element.innerText || (element.getAttribute("aria-label") ?? "?")),
  );

async function look(page: Page, name: string, known: RegExp = /^$/): Promise<void> {
  await picture(page, `german-${name}`);
  expect.soft(await findings(page), name).toEqual([]);
  expect.soft(await overflow(page), name).toBe(0);
  expect.soft(await clippedOn(page), `${name} clipped`).toEqual([]);
  const english = (await englishOn(page)).filter((line) => !known.test(line));
  expect.soft(english, `${name} english`).toEqual([]);
}

async function lookAtBoth(page: Page, name: string, known?: RegExp): Promise<void> {
  await look(page, name, known);
  await page.setViewportSize(phone);
  await look(page, `${name}-phone`, known);
  await page.setViewportSize(desktop);
}

describe("German", () => {
  it("is chosen in the settings, stays after a reload, and a draft survives the change", async () => {
    const page = await visit(served);
    await page.getByRole("textbox", { name: "Message" }).fill("Ein angefangener Satz");
    await app(page, "Settings").click();
    await page.getByRole("button", { name: "Appearance", exact: true }).click();
    await language(page).focus();
    await language(page).selectOption("de");
    await page.getByRole("heading", { name: "Einstellungen – Aussehen" }).waitFor();
    expect(await lang(page)).toBe("de");
    const isFocused = () => language(page).evaluate((element) => element.matches(":focus"));
    await expect.poll(isFocused).toBe(true);
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog", { name: "Suche und Befehle" }).waitFor();
    await page.keyboard.press("Escape");
    const draft = page.getByRole("textbox", { name: "Nachricht" });
    await app(page, /^Chat/).click();
    await expect.poll(() => draft.inputValue()).toBe("Ein angefangener Satz");

    await page.reload();
    await app(page, "Einstellungen").waitFor();
    expect(await lang(page)).toBe("de");
    await expect.poll(() => draft.inputValue()).toBe("Ein angefangener Satz");
    await draft.fill("");
  });
});

describe("German, once chosen,", () => {
  beforeAll(async () => {
    const client = await connectSocket(served.url, served.address.split("token=")[1] ?? "");
    await client.call("settings.set", { language: "de" });
    client.close();
  });

  it("is what is seen first after a restart, before the host has said anything", async () => {
    const page = await visit(served);
    await app(page, "Einstellungen").waitFor();
    await page.routeWebSocket(/socket\.io/, () => undefined);
    await page.reload();
    await page.getByRole("heading", { name: "Verbindung zu Aetheria …" }).waitFor();
    expect(await lang(page)).toBe("de");
  });

  it("fills the start page, the chat, the activity and the files", async () => {
    const page = await visit(served);
    await lookAtBoth(page, "start");
    await button(page, "Ordner wählen").first().click();
    await page.getByRole("textbox", { name: "Ordner" }).fill(rig.workspace);
    await look(page, "folder");
    await button(page, "Diesen Ordner nehmen").click();
    // Closed, the dialog gives the keyboard back to where it came from.
    await page.getByRole("dialog").waitFor({ state: "detached" });
    const message = page.getByRole("textbox", { name: "Nachricht" });
    await message.fill("Hallo");
    await message.press("Enter");
    await page.getByRole("log").getByText("Womit fangen wir an?").waitFor();
    await lookAtBoth(page, "chat");
    await app(page, /^Aktivität/).click();
    await page.getByRole("tree", { name: "Was getan wurde" }).waitFor();
    await lookAtBoth(page, "activity");
    await app(page, /^Dateien/).click();
    await page.getByText("notizen.md").first().click();
    await page.getByText("Brot kaufen.").first().waitFor();
    await lookAtBoth(page, "files");
  });

  it("fills palette, keys, notifications and the list of sessions", async () => {
    const page = await visit(served);
    await page.getByRole("textbox", { name: "Nachricht" }).waitFor();
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog", { name: "Suche und Befehle" }).waitFor();
    await lookAtBoth(page, "palette");
    await page.getByRole("combobox").fill("einstell");
    await page.getByRole("option", { name: /Einstellungen › Budgets/ }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("heading", { level: 1 }).first().click();
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Alle Tasten" }).waitFor();
    await lookAtBoth(page, "keys");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+Shift+m");
    await page.getByRole("dialog", { name: "Mitteilungen" }).waitFor();
    await look(page, "notifications");
    await page.keyboard.press("Escape");
    await button(page, /^Sitzung wechseln/).click();
    await page.getByRole("searchbox", { name: "Sitzung suchen" }).first().waitFor();
    await look(page, "sessions");
  });

  const names = [
    "Modelle",
    "Berechtigung",
    "Budgets",
    "Aussehen",
    "Tastenkürzel",
    "Anweisungen",
  ].concat(["Netzwerk", "Daten", "Papierkorb", "Updates", "Über"]);
  it.each(names)("fills the settings' section %s", async (name) => {
    const page = await visit(served);
    await app(page, "Einstellungen").click();
    await section(page, name).click();
    await page.getByRole("heading", { name: `Einstellungen – ${name}` }).waitFor();
    // The doctor's lines and the models' names are the host's.
    const known = name === "Über" ? /./ : /gpt|127\.0\.0\.1/;
    const plain = name.toLowerCase().normalize("NFD").replace(/\W/g, "");
    await look(page, `settings-${plain}`, known);
    await page.setViewportSize(phone);
    await section(page, name).click();
    await button(page, "Alle Einstellungen").waitFor();
    await look(page, `settings-${plain}-phone`, known);
  });

  it("goes back to English", async () => {
    const page = await visit(served);
    await app(page, "Einstellungen").click();
    await section(page, "Aussehen").click();
    await language(page).selectOption("en");
    await page.getByRole("heading", { name: "Settings — Appearance" }).waitFor();
    expect(await lang(page)).toBe("en");
  });
});

describe("the guide", () => {
  it("speaks the machine's language and changes it on its first step", async () => {
    const fresh = await rig.serve("language-guide", {}, 0, { isNew: true });
    const page = await visit(fresh, { locale: "de-AT" });
    await page.getByRole("heading", { name: "Such dir ein Aussehen aus" }).waitFor();
    await lookAtBoth(page, "guide-look");
    await language(page).selectOption("en");
    await page.getByRole("heading", { name: "Pick a look" }).waitFor();
    await language(page).selectOption("system");
    for (const [name, title] of [
      ["found", "Das habe ich gefunden"],
      ["trust", "Wo er arbeiten darf"],
      ["try", "Probier es aus"],
    ] as const) {
      await button(page, "Weiter").click();
      await page.getByRole("heading", { name: title }).waitFor();
      await lookAtBoth(page, `guide-${name}`, /docker|^(List|Read|Write|Find|Search|Run|Open)/);
    }
    await button(page, "Einführung überspringen").click();
    await app(page, "Einstellungen").waitFor();
  });
});

describe("the desktop", () => {
  let desk: DesktopRig;
  beforeAll(async () => {
    desk = await DesktopRig.open();
  });
  afterAll(() => desk?.close());

  const menu = ({ app }: Launched) =>
    app.evaluate(({ Menu }) =>
      (Menu.getApplicationMenu()?.items ?? []).flatMap(({ label, submenu }) => [
        label,
        ...(submenu?.items ?? []).map((item) => item.label).filter((text) => text !== ""),
      ]),
    );

  it("says its menus in the language of the settings, at once", async () => {
    const launched = await desk.launch("language");
    const { page } = launched;
    expect(await menu(launched)).toContain("Search and commands…");
    await app(page, "Settings").click();
    await page.getByRole("button", { name: "Appearance", exact: true }).click();
    await language(page).selectOption("de");
    await page.getByRole("heading", { name: "Einstellungen – Aussehen" }).waitFor();
    await expect
      .poll(() => menu(launched))
      .toEqual([
        ...["Datei", "Neue Sitzung", "Schnellfrage", "Suche und Befehle …", "Einstellungen …"],
        ...["Aetheria beenden", "Bearbeiten", "Rückgängig", "Wiederholen", "Ausschneiden"],
        ...["Kopieren", "Einfügen", "Löschen", "Alles auswählen", "Ansicht", "Originalgröße"],
        ...["Vergrößern", "Verkleinern", "Vollbild", "Fenster", "Minimieren", "Zoomen"],
        ...["Fenster schließen", "Hilfe", "Protokoll zeigen", "Dienst neu starten"],
      ]);
    await launched.close();
  });
});
