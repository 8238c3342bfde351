// Ten whole tasks in a real Chromium on the pages of the zoo: a model that is played acts on what the
// tools show it, by calls alone and in the window, where a person sees the steps and answers the cards.
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { connectSocket } from "../src/cli/connect-socket.ts";
import type { BrowserInput } from "../src/contract/browser.ts";
import { SessionId } from "../src/contract/ids.ts";
import type { Client } from "../src/rpc/client.ts";
import { watchSession, type StartedSession } from "../src/testing/watch-session.ts";
import { account } from "../src/testing/zoo/login.ts";
import { startZoo, type Zoo } from "../src/testing/zoo/start-zoo.ts";
import { playTasks } from "./browser-model.ts";
import { browserTasks, type TaskName } from "./browser-tasks.ts";
import { PageRig, type Served } from "./page-rig.ts";
import { picture } from "./show.ts";

let zoo: Zoo;
let rig: PageRig;
/** Requests before this one belong to an earlier task. */
let firstRequest = 0;

type Done = {
  /** What the model said at the end. */
  answer: string;
  /** Every card that was answered with yes, as text. */
  cards: string[];
};

beforeAll(async () => {
  zoo = await startZoo();
  rig = await PageRig.open();
  playTasks(rig.model, browserTasks(zoo));
  await writeFile(join(rig.workspace, "letter.txt"), "Dear zoo, hello.\n");
});
afterAll(async () => {
  await rig?.close();
  await zoo?.close();
});

const inWorkspace = (path: string) => join(rig.workspace, path);
/** What this task sent to a path with POST. */
const posted = (path: string) =>
  zoo
    .requests()
    .slice(firstRequest)
    .filter((one) => one.method === "POST" && one.path === path)
    .map(({ body }) => body);

/** The same in both: what is asked, and what must be true afterwards. `login` needs a person. */
const tasks: Record<Exclude<TaskName, "login">, { title: string; proof(done: Done): unknown }> = {
  shop: {
    title: "searches a shop, filters, opens a product and reads its price",
    proof({ answer, cards }) {
      expect(answer).toBe("The cheapest desk lamp in stock costs €20.80.");
      expect(cards).toEqual([]);
    },
  },
  checkout: {
    title: "fills in and sends an order, with a card that shows what leaves",
    proof({ answer, cards }) {
      expect(answer).toMatch(/^Ordered: F\d+\.$/);
      expect(cards).toHaveLength(2);
      for (const shown of ["Ada Lovelace", "Analytical Way 1", "Norway", "Card number", zoo.host])
        expect(cards[1]).toContain(shown);
      expect(cards[1]).not.toMatch(/4111|swordfish|737/);
      const [body = ""] = posted("/shop/checkout");
      expect(Object.fromEntries(new URLSearchParams(body))).toMatchObject({
        ...{ name: "Ada Lovelace", city: "Bergen", country: "Norway", delivery: "express" },
        ...{ card: "4111111111111111", password: "swordfish-9", terms: "yes" },
      });
    },
  },
  table: {
    title: "reads a table into a CSV file",
    async proof({ answer }) {
      expect(answer).toBe("Saved: ferries.csv.");
      const lines = (await readFile(inWorkspace("ferries.csv"), "utf8")).split("\r\n");
      expect(lines[0]).toContain("Leaves,Arrives,Ship,Price");
      expect(lines).toContain('17:45,19:20,"Puffin, ""the small one""",€11.00');
      await rm(inWorkspace("ferries.csv"));
    },
  },
  mail: {
    title: "writes a mail in a single-page app with a rich editor",
    proof({ answer }) {
      expect(answer).toBe("Sent: Nanoseconds.");
      expect(posted("/mail/send").map((body) => JSON.parse(body))).toEqual([
        {
          ...{ to: "grace@example.test", subject: "Nanoseconds" },
          text: "Please bring a foot of wire.",
        },
      ]);
    },
  },
  download: {
    title: "downloads a report into the workspace and reads it",
    async proof({ answer }) {
      expect(answer).toBe("March brought 44701.00.");
      expect(await readFile(inWorkspace("downloads/report.csv"), "utf8")).toContain("June,395");
      await rm(inWorkspace("downloads/report.csv"));
    },
  },
  upload: {
    title: "uploads a file of the workspace",
    proof({ answer, cards }) {
      expect(answer).toBe("It has 17 bytes.");
      expect(posted("/upload")[0]).toContain("Dear zoo, hello.");
      expect(cards.join("\n")).toContain("letter.txt");
    },
  },
  obstacles: {
    title: "gets through a cookie banner, a modal and a list without end",
    proof({ answer }) {
      expect(answer).toBe("The story of the lighthouse keeper is saved.");
      expect(posted("/echo")).toEqual(["consent=none", "saved=The+lighthouse+keeper"]);
    },
  },
  frames: {
    title: "works in frames of other origins and in shadow DOM",
    proof({ answer }) {
      expect(answer).toBe("Saved Ada of London");
      expect(posted("/echo")).toEqual([
        "where=deep&nickname=mole&colour=red",
        "name=Ada&town=London",
      ]);
    },
  },
  tabs: {
    title: "answers a dialog, works in a popup, and goes back",
    proof({ answer }) {
      expect(answer).toBe("The popup said heron, and this is Popups again.");
    },
  },
};
const names = Object.keys(tasks) as (keyof typeof tasks)[];

/** What the answer begins with. */
const answers: Record<keyof typeof tasks, RegExp> = {
  shop: /^The cheapest desk lamp/,
  checkout: /^Ordered: /,
  table: /^Saved: /,
  mail: /^Sent: /,
  download: /^March brought/,
  upload: /^It has 17 bytes/,
  obstacles: /^The story of the lighthouse/,
  frames: /^Saved Ada/,
  tabs: /^The popup said/,
};

/** Its host may reach the zoo, and works in the workspace. */
async function settled({ url, address }: Served): Promise<Client> {
  const line = await connectSocket(url, new URL(address).hash.slice("#token=".length));
  const allowedPrivateHosts = [zoo.host, zoo.other.host];
  await line.call("settings.set", { allowedPrivateHosts, workspace: rig.workspace });
  return line;
}
const lineTo = async (data: string) => settled(await rig.serve(data, rig.withModel));

function begin(): void {
  firstRequest = zoo.requests().length;
}

describe("by calls alone", () => {
  let client: Client;

  beforeAll(async () => {
    client = await lineTo("browser-calls");
  });
  afterAll(() => client?.close());

  type Meanwhile = (session: StartedSession) => Promise<void>;

  /** Sends the task and says yes to each card. */
  async function done(task: TaskName, meanwhile?: Meanwhile): Promise<Done & { log: string }> {
    begin();
    const created = await client.call("session.create", { workspace: rig.workspace });
    const session = await watchSession(client, created.sessionId);
    const { sessionId, events } = session;
    const cards: string[] = [];
    const finished = session.ask(`${task}: please`);
    const answering = (async () => {
      for (;;) {
        const asked = await Promise.race([
          session.until("approval.requested", cards.length + 1),
          finished,
        ]);
        if (!("seq" in asked)) return;
        const { approvalId, view } = asked.data.approval;
        cards.push(JSON.stringify(view));
        const yes = { answer: "allow", scope: "once" } as const;
        await client.call("approval.answer", { sessionId, approvalId, ...yes });
      }
    })();
    await Promise.all([answering, meanwhile?.(session)]);
    await client.call("browser.close", { sessionId });
    const said = events.flatMap((one) => (one.type === "text.finished" ? [one.data.text] : []));
    return { answer: said.at(-1) ?? "", cards, log: JSON.stringify(events) };
  }

  it.each(names)("%s", async (name) => {
    await tasks[name].proof(await done(name));
  });

  it("login: waits while a person signs in, and never hears the password", async () => {
    const { answer, log } = await done("login", async (session) => {
      await session.until("tool.finished");
      const { sessionId } = session;
      const drive = (driver: "person" | "agent") =>
        client.call("browser.drive", { sessionId, driver });
      const key = (name: string): BrowserInput[] =>
        (["down", "up"] as const).map((type) => ({
          ...{ kind: "key", type, key: name, code: name, modifiers: {} },
        }));
      const text = (words: string): BrowserInput => ({ kind: "text", text: words });
      await drive("person");
      for (const inputs of [
        [...key("Tab"), text(account.user)],
        [...key("Tab"), text(account.password)],
        key("Enter"),
      ])
        await client.call("browser.input", { sessionId, inputs });
      await drive("agent");
    });
    expect(answer).toBe("The balance is €3,141.59.");
    expect(posted("/login")).toHaveLength(1);
    expect(log).not.toContain(account.password);
    expect(JSON.stringify(rig.model.getRequests())).not.toContain(account.password);
  });
});

describe("in the window", () => {
  let page: Page;
  let served: Served;
  const thrown: string[] = [];

  beforeAll(async () => {
    served = await rig.serve("browser-tasks", rig.withModel);
    (await settled(served)).close();
    page = await rig.page(served.address);
    page.on("pageerror", (error) => thrown.push(error.message));
    await message().waitFor();
  });
  afterAll(() => page?.context().close());
  afterEach(() => expect(thrown.splice(0)).toEqual([]));

  const message = () => page.getByRole("textbox", { name: "Message" });
  const button = (name: string | RegExp) => page.getByRole("button", { name });
  const log = () => page.getByRole("log", { name: "Conversation" });

  /** In a session of its own, with the browser's window open beside the conversation. */
  async function begun(task: TaskName): Promise<void> {
    begin();
    const before = new URL(page.url()).hash;
    await page.keyboard.press("Control+Shift+O");
    await expect.poll(() => new URL(page.url()).hash).not.toBe(before);
    await message().fill(`${task}: please`);
    await message().press("Enter");
    await log().getByText(`${task}: please`).waitFor();
  }

  const dock = () =>
    page.getByRole("navigation", { name: "Apps" }).getByRole("button", { name: /^Browser/ });

  /** A click on the live page where its own pixels say. */
  async function clickAt(x: number, y: number): Promise<void> {
    const box = await page.locator("canvas").boundingBox();
    if (!box) throw new Error("The picture is not on the screen.");
    await page.mouse.click(box.x + (x * box.width) / 1280, box.y + (y * box.height) / 800);
  }

  /** Says yes to each card, until the task's answer stands in the conversation. */
  async function done(task: keyof typeof tasks): Promise<Done> {
    const cards: string[] = [];
    const answer = log().getByText(answers[task]);
    const gaveUp = log().getByText(/^I could not go on/);
    const allow = button("Allow once");
    for (;;) {
      await allow.or(answer).or(gaveUp).first().waitFor({ timeout: 60_000 });
      if (!(await allow.first().isVisible())) break;
      const card = log().locator("section").filter({ has: allow }).last();
      cards.push(await card.innerText());
      await allow.first().click();
      await allow.first().waitFor({ state: "detached" });
    }
    const said = await answer.or(gaveUp).last().innerText();
    return { answer: said.trim(), cards };
  }

  /** The browser's window, with the page as it is left and every step of the task as a picture; and
   * those steps in the conversation. */
  async function watched(): Promise<void> {
    await dock().click();
    await page.getByRole("img", { name: /^The page: / }).waitFor();
    await page.locator("canvas:not([width='1'])").waitFor();
    await button(/^Replay/).click();
    await page.getByRole("img", { name: /^Picture of/ }).waitFor();
    const steps = page.getByRole("listbox", { name: /step by step/ }).getByRole("option");
    expect(await steps.count()).toBeGreaterThan(0);
    expect(
      await log()
        .getByRole("button", { name: /browser/i })
        .count(),
    ).toBeGreaterThan(0);
  }

  /** What the host keeps of the open session: its log, and each of its pictures. */
  async function kept() {
    const line = await connectSocket(served.url, new URL(served.address).hash.slice(7));
    const sessionId = SessionId.parse(new URL(page.url()).hash.slice(1));
    const { text } = await line.call("session.export", { sessionId, format: "json" });
    const { events } = await line.call("session.open", { sessionId });
    const added = events.flatMap((one) => (one.type === "attachment.added" ? [one.data.file] : []));
    const pictures = await Promise.all(
      added.map(async ({ sha256, sizeBytes }) => {
        const whole = { sha256, offset: 0, length: sizeBytes };
        return Buffer.from((await line.call("attachment.get", whole)).bytes);
      }),
    );
    line.close();
    return { text, pictures };
  }

  it.each(names)("%s", async (name) => {
    await begun(name);
    await tasks[name].proof(await done(name));
    await watched();
    await picture(page, `browser-task-${name}`);
  });

  it("login: the person takes over, signs in on the live page and hands back", async () => {
    await begun("login");
    await dock().click();
    await page.getByRole("img", { name: "The page: Sign in", exact: true }).waitFor();
    await page.locator("canvas:not([width='1'])").waitFor();
    await button("Take over").click();
    await page.getByText("you drive").waitFor();
    await clickAt(1000, 700);
    for (const words of [account.user, account.password]) {
      await page.keyboard.press("Tab");
      await page.keyboard.type(words);
    }
    await page.keyboard.press("Enter");
    await page.getByRole("img", { name: "The page: Your account", exact: true }).waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await button("Hand back").first().click();
    await log().getByText("The balance is €3,141.59.").waitFor();
    await picture(page, "browser-task-login");
    expect(posted("/login")).toHaveLength(1);
    expect(JSON.stringify(rig.model.getRequests())).not.toContain(account.password);
    const { text, pictures } = await kept();
    expect(text).toContain("browser_wait");
    expect(text).not.toContain(account.password);
    // One of each step of the agent's, before and after the person's turn, and none of theirs.
    expect(pictures.length).toBeGreaterThan(0);
    expect(pictures.length).toBeLessThanOrEqual(3);
    for (const picture of pictures) expect(picture.includes(account.password)).toBe(false);
    expect(rig.model.getRequests().length).toBeGreaterThan(0);
    await watched();
  });
});
