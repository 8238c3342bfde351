// The Browser app in a real page over the real host, which drives a real Chromium: the picture of a
// page of a little server, taken over, typed into, handed back; and what was typed there stays there.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { connectSocket } from "../src/cli/connect-socket.ts";
import type { SessionId } from "../src/contract/ids.ts";
import type { Client } from "../src/rpc/client.ts";
import { PageRig, phone, type Served } from "./page-rig.ts";
import { show } from "./show.ts";

const password = "Tr0ub4dor-and-3";
const user = "ada@example.test";
/** Where things are is known, as a person sees it. */
const place = (x: number, y: number, width: number) =>
  `position: absolute; left: ${x}px; top: ${y}px; width: ${width}px; height: 56px; font: 24px sans-serif`;
const signIn = `<!doctype html><title>Sign in</title><h1 style="font: 40px sans-serif">Sign in to the sales</h1>
<form method="post" action="/in">
<label>E-mail <input name="user" style="${place(80, 160, 480)}"></label>
<label>Password <input name="secret" type="password" style="${place(80, 260, 480)}"></label>
<button style="${place(80, 360, 200)}">Sign in</button></form>`;
const welcome = `<!doctype html><title>Revenue by region</title><h1 style="font: 40px sans-serif">Welcome, Ada</h1>`;

let rig: PageRig;
let served: Served;
let client: Client;
let site: Server;
let host: string;
let sessionId: SessionId;
/** What the site was sent. */
const posted: string[] = [];
/** All that the model was sent. */
const told: string[] = [];
const open: Page[] = [];
/** What pages threw and what their policy refused; nothing is. */
const complaints: string[] = [];

const use = (name: string, input: object) => ({
  toolCalls: [{ name, arguments: JSON.stringify(input) }],
});

function script(): void {
  const answers = [use("browser_look", {}), { content: "It is a page to sign in." }];
  answers.forEach((response, index) =>
    rig.model.addFixture({
      match: {
        predicate: ({ messages }) => {
          told.push(JSON.stringify(messages));
          return messages.filter(({ role }) => role === "tool").length === index;
        },
      },
      response: response as { content: string },
    }),
  );
}

beforeAll(async () => {
  site = createServer((request, response) => {
    response.setHeader("Content-Type", "text/html; charset=utf-8");
    if (request.method !== "POST") return void response.end(request.url === "/" ? signIn : welcome);
    let body = "";
    request.setEncoding("utf8").on("data", (piece: string) => (body += piece));
    request.on("end", () => {
      posted.push(body);
      response.writeHead(303, { Location: "/welcome" }).end();
    });
  });
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  host = `127.0.0.1:${(site.address() as AddressInfo).port}`;
  rig = await PageRig.open();
  script();
  served = await rig.serve("browser", rig.withModel);
  client = await connectSocket(served.url, served.address.split("#token=")[1] ?? "");
  await client.call("settings.set", { allowedPrivateHosts: [host] });
  ({ sessionId } = await client.call("session.create", {}));
});
afterAll(async () => {
  if (client) await client.call("browser.close", { sessionId }).catch(() => undefined);
  client?.close();
  await rig?.close();
  site?.closeAllConnections();
  await new Promise((resolve) => site?.close(resolve));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((page) => page.context().close()));
  expect(complaints.splice(0)).toEqual([]);
});

const button = (page: Page, named: string | RegExp) => page.getByRole("button", { name: named });
const dock = (page: Page) =>
  page.getByRole("navigation", { name: "Apps" }).getByRole("button", { name: /^Browser/ });
const live = (page: Page, title: string) =>
  page.getByRole("img", { name: `The page: ${title}`, exact: true });

async function visit(options: Parameters<PageRig["page"]>[1] = {}): Promise<Page> {
  const page = await rig.page(served.address, options);
  open.push(page);
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (/Content Security Policy/.test(message.text())) complaints.push(message.text());
  });
  await page.getByRole("textbox", { name: "Message" }).waitFor();
  await page.evaluate(`location.hash = "#${sessionId}"`);
  return page;
}

/** Its first picture is on the canvas. */
const drawn = (page: Page) => page.locator("canvas:not([width='1'])").waitFor();

/** How many colours the picture shows: one that was never drawn has a single one. */
const colours = (page: Page): Promise<number> =>
  page.evaluate(`(() => {
    const canvas = document.querySelector("canvas");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const seen = new Set();
    for (let at = 0; at < data.length; at += 4) seen.add(data[at] >> 5);
    return seen.size;
  })()`);

/** A click on the page where its own pixels say. */
async function clickAt(page: Page, x: number, y: number): Promise<void> {
  const box = await page.locator("canvas").boundingBox();
  if (!box) throw new Error("The picture is not on the screen.");
  await page.mouse.click(box.x + (x * box.width) / 1280, box.y + (y * box.height) / 800);
}

/** Two fingers go apart around a place of the page, to twice its size. */
async function spread(page: Page, x: number, y: number): Promise<void> {
  const box = (await page.locator("canvas").boundingBox())!;
  const [left, top] = [box.x + (x * box.width) / 1280, box.y + (y * box.height) / 800];
  const line = await page.context().newCDPSession(page);
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", apart: number) =>
    line.send("Input.dispatchTouchEvent", {
      type,
      touchPoints:
        type === "touchEnd"
          ? []
          : [-1, 1].map((way, id) => ({ x: left + way * apart, y: top, id })),
    });
  await touch("touchStart", 30);
  for (const apart of [40, 50, 60]) await touch("touchMove", apart);
  await touch("touchEnd", 0);
  await line.detach();
}

describe("the browser in the page (real Chromium)", () => {
  it("shows the page, gives it to the person's hands and back, and tells nobody what was typed", async () => {
    const page = await visit();
    await dock(page).click();
    await page.getByText("Nothing is open yet").waitFor();
    const input = { sessionId, name: "browser_open", input: { url: `http://${host}/` } };
    const { error } = await client.call("tool.run", input);
    expect(error).toBeUndefined();
    await live(page, "Sign in").waitFor();
    await drawn(page);
    await expect.poll(() => colours(page)).toBeGreaterThan(2);
    await page.getByText("agent driving").waitFor();
    await show(page, "browser-live");

    await button(page, "Take over").click();
    await page.getByText("you drive").waitFor();
    await clickAt(page, 320, 188);
    await page.getByText("Press Esc twice to leave it.").waitFor();
    await page.keyboard.type(user);
    await clickAt(page, 320, 288);
    await page.keyboard.type(password);
    await show(page, "browser-taken-over");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await button(page, "Hand back").first().click();
    await page.getByText("agent driving").waitFor();

    // The agent looks at what the person left.
    await client.call("session.configure", { sessionId, mode: "autonomous" });
    await page.getByRole("textbox", { name: "Message" }).fill("What is open?");
    await page.getByRole("textbox", { name: "Message" }).press("Enter");
    await page.getByText("It is a page to sign in.").first().waitFor();
    const conversation = told.join("\n");
    expect(conversation).toContain("Sign in to the sales");
    expect(conversation).not.toContain(password);

    await button(page, "Take over").click();
    await page.getByText("you drive").waitFor();
    await clickAt(page, 320, 288);
    await page.keyboard.press("Enter");
    await live(page, "Revenue by region").waitFor();
    expect(posted).toEqual([new URLSearchParams({ user, secret: password }).toString()]);
    await button(page, "Hand back").first().click();
    await page.getByText("agent driving").waitFor();
  });

  it("keeps what was typed out of the log", async () => {
    const log = JSON.stringify(await client.call("session.export", { sessionId, format: "json" }));
    expect(log).toContain("browser_open");
    expect(log).not.toContain(password);
  });

  it("has its steps in the conversation and as a replay, on a phone too", async () => {
    const page = await visit();
    await dock(page).click();
    await button(page, /^Replay/).click();
    await page.getByRole("img", { name: /^Picture of/ }).waitFor();
    await show(page, "browser-replay");
    const row = page
      .getByRole("log", { name: "Conversation" })
      .getByRole("button", { name: /open/ });
    await row.first().click();
    await page.getByText("What the model was told").first().waitFor();

    const small = await visit({ viewport: phone, hasTouch: true, isMobile: true });
    await dock(small).click();
    await live(small, "Revenue by region").waitFor();
    await drawn(small);
    await show(small, "browser-live", "-phone");
  });

  it("is enlarged with two fingers on a phone, and hit where it is tapped", async () => {
    const small = await visit({ viewport: phone, hasTouch: true, isMobile: true });
    await dock(small).click();
    await button(small, "Take over").tap();
    await small.getByText("you drive").waitFor();
    await client.call("browser.navigate", { sessionId, to: { url: `http://${host}/` } });
    await live(small, "Sign in").waitFor();
    await drawn(small);
    const before = posted.length;
    await spread(small, 300, 260);
    const box = async () => (await small.locator("canvas").boundingBox())!;
    await expect.poll(async () => (await box()).width).toBeGreaterThan(phone.width * 1.7);
    const tapAt = async (x: number, y: number) => {
      const { x: left, y: top, width } = await box();
      await small.touchscreen.tap(left + (x * width) / 1280, top + (y * width) / 1280);
    };
    await tapAt(320, 188);
    await button(small, "Keyboard").tap();
    await small.keyboard.insertText(user);
    await tapAt(320, 288);
    await small.keyboard.insertText(password);
    await show(small, "browser-zoomed", "-phone");
    await tapAt(180, 388);
    await live(small, "Revenue by region").waitFor();
    expect(posted.slice(before)).toEqual([
      new URLSearchParams({ user, secret: password }).toString(),
    ]);
    await button(small, "Hand back").first().tap();
    await small.getByText("agent driving").waitFor();
  });
});
