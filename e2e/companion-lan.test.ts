// The companion over the door for phones: a real host, its own certificate, which the browser holds to the
// pin of the picture, and a phone that pairs by the code, works, and is taken off the list.
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findChromium, quietChromiumArgs } from "../scripts/chromium.ts";
import { findCompanion } from "../src/host/entry/page.ts";
import { startGateway } from "../src/host/gateway/gateway.ts";
import { createLan } from "../src/host/lan/lan.ts";
import { openRealHost, type RealHost } from "../src/testing/real-host.ts";
import { phone } from "./page-rig.ts";
import { show } from "./show.ts";

let real: RealHost;
let lan: ReturnType<typeof createLan>;
let browser: Browser;

/** As the host has it, but on this machine's own address: a test machine may be in no network. */
function openDoor() {
  const secrets = new Map<string, string>();
  let ids = 0;
  return createLan({
    secrets: {
      get: async (name) => secrets.get(name) ?? null,
      set: async (name, text) => void secrets.set(name, text),
    },
    startDoor: (door) =>
      startGateway({ ...door, staticDir: null, companionDir: findCompanion(), version: "1" }),
    connect: (channel, client) => real.host.connect(channel, client),
    ...{ broadcast: () => undefined, log: () => undefined, now: Date.now },
    ...{ newId: () => `device-${++ids}`, addresses: () => ["127.0.0.1"] },
  });
}

beforeAll(async () => {
  real = await openRealHost();
  lan = openDoor();
  await lan.set(true);
  const { pin } = await lan.status();
  const executablePath = findChromium();
  if (!executablePath || !pin) throw new Error("No Chromium, or no certificate.");
  const pinned = `--ignore-certificate-errors-spki-list=${pin.replace("sha256/", "")}`;
  browser = await chromium.launch({ executablePath, args: [...quietChromiumArgs, pinned] });
});
afterAll(async () => {
  await browser?.close();
  await lan?.close();
  await real?.close();
});

async function visit(address: string): Promise<Page> {
  const touch = { viewport: phone, hasTouch: true, isMobile: true };
  const context = await browser.newContext({ ...touch, reducedMotion: "reduce" });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  await page.goto(address);
  return page;
}
const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });
const connected = async () => (await lan.status()).devices.map((device) => device.connected);

describe("the companion on the same network", () => {
  it("pairs by the picture, sees what happens, and asks anew once it was taken off the list", async () => {
    await real.client.call("session.create", { title: "Quarterly report" });
    const { link } = await lan.pair();
    const page = await visit(link);
    await button(page, "Connection: live").waitFor();
    expect(page.url()).not.toContain("pair=");
    expect(await connected()).toEqual([true]);
    await button(page, /^Quarterly report/).waitFor();
    await real.client.call("session.create", { title: "Begun meanwhile" });
    await button(page, /^Begun meanwhile/).waitFor();
    await page.evaluate("navigator.serviceWorker.ready.then(() => undefined)");

    await page.reload();
    await button(page, "Connection: live").waitFor();
    const [device] = (await lan.status()).devices;
    if (!device) throw new Error("It is on no list.");
    await lan.revoke(device.deviceId);
    const dialog = page.getByRole("dialog", { name: "How this device is connected" });
    await dialog.getByText("not paired with the desktop any more").waitFor();
    await show(page, "companion-revoked");
    await dialog.getByRole("button", { name: "Link this device again" }).tap();
    await page.getByRole("heading", { name: "Your desktop, in your hand" }).waitFor();
    await page.context().close();
  });

  it("refuses a code that was used, and one that is wrong, in words, and takes the next", async () => {
    const used = await lan.pair();
    const first = await visit(used.link);
    await button(first, "Connection: live").waitFor();
    await first.context().close();
    const page = await visit(used.link);
    await page.getByText("This code is no longer good.").waitFor();
    await show(page, "companion-code-used");
    const { code } = await lan.pair();
    await page.getByRole("textbox", { name: "Code" }).fill(code);
    await button(page, "Pair").tap();
    await button(page, "Connection: live").waitFor();
    await page.context().close();
  });

  it("is met by nobody who does not know the certificate", async () => {
    const { link } = await lan.pair();
    const executablePath = findChromium() ?? "";
    const stranger = await chromium.launch({ executablePath, args: [...quietChromiumArgs] });
    const page = await stranger.newPage();
    await expect(page.goto(link)).rejects.toThrow("ERR_CERT_AUTHORITY_INVALID");
    await stranger.close();
  });
});
