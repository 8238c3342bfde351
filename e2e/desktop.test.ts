// The real desktop app: the window, the host's life beside it, what comes from outside, and what a
// hostile page can do: nothing. Pictures of what only the desktop has.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { desktopVerbs, type Destination, type HostState } from "../src/contract/desktop.ts";
import type {} from "../src/renderer/client/desktop.ts";
import { spawnCli } from "../src/testing/spawned-cli.ts";
import { watchEffects } from "./desktop-effects.ts";
import { DesktopRig, isQuickAsk, type Launched, type LaunchOptions } from "./desktop-rig.ts";
import { findings, picture } from "./show.ts";

let rig: DesktopRig;
const running: Launched[] = [];

beforeAll(async () => {
  rig = await DesktopRig.open();
  await writeFile(join(rig.workspace, "report.csv"), "region,q2,q3\nEMEA,4.10,5.37\n");
  script();
});
afterAll(() => rig?.close());
afterEach(async () => {
  for (const launched of running.splice(0)) await launched.close();
});

async function launch(data: string, options: LaunchOptions = {}): Promise<Launched> {
  const launched = await rig.launch(data, { env: rig.withModel, ...options });
  running.push(launched);
  return launched;
}

/** On a busy machine a process may take its time to start or to end. */
const eventually = <T>(look: () => T | Promise<T>) => expect.poll(look, { timeout: 30_000 });

const use = (name: string, input: object) => ({
  toolCalls: [{ name, arguments: JSON.stringify(input) }],
});

const storyWords = Array.from({ length: 400 }, (_, index) => `word${index}.`);

function script(): void {
  const { model } = rig;
  type Messages = readonly { role: string }[];
  const answers = (messages: Messages) => messages.filter(({ role }) => role === "tool").length;
  const turns: object[] = [
    use("list_files", { path: "." }),
    use("read_file", { path: "report.csv" }),
    { content: "EMEA grew from 4.10 to 5.37." },
  ];
  turns.forEach((response, index) =>
    model.addFixture({
      match: {
        userMessage: "quarter",
        predicate: ({ messages }) => answers(messages) === index,
      },
      response: response as { content: string },
    }),
  );
  model.addFixture({
    match: { userMessage: "long story" },
    response: { content: storyWords.join(" ") },
    chunkSize: 12,
    latency: 10,
  });
  // What a run that was taken up again is asked to go on with.
  model.addFixture({
    match: { predicate: ({ messages }) => messages.some(({ role }) => role === "assistant") },
    response: { content: "And so it ended." },
  });
  model.addFixture({
    match: { userMessage: "write a note", predicate: ({ messages }) => answers(messages) === 0 },
    response: use("write_file", { path: "note.md", content: "a note" }),
  });
  model.onMessage("hello", { content: "Hello to you." });
}

const message = (page: Page) => page.getByRole("textbox", { name: "Message" });
const log = (page: Page) => page.getByRole("log");
const button = (page: Page, name: string) => page.getByRole("button", { name });

async function say(page: Page, text: string): Promise<void> {
  await message(page).fill(text);
  await message(page).press("Enter");
}

async function chooseWorkspace(page: Page): Promise<void> {
  await button(page, "Choose folder").click();
  await page.getByRole("textbox", { name: "Folder" }).fill(rig.workspace);
  await button(page, "Use this folder").click();
  await button(page, "Change").waitFor();
  await page.getByRole("dialog").waitFor({ state: "detached" });
}

const hostState = (page: Page): Promise<HostState | null> =>
  page.evaluate(async () => (await window.aetheria?.call("state", {}))?.host ?? null);

/** Where main leads this page from now on. */
async function listenForGo(page: Page): Promise<() => Promise<Destination[]>> {
  const heard = await page.evaluateHandle(() => {
    const places: Destination[] = [];
    window.aetheria?.onEvent((event) => {
      if (event.type === "go") places.push(event.to);
    });
    return places;
  });
  return () => heard.jsonValue();
}

/** Starts the app once more, as a person or another program does; resolves when it has ended. */
async function startAgain(data: string, args: string[]): Promise<number | null> {
  const { program, args: all } = rig.command(args);
  const child = spawn(program, all, { env: rig.environment(data), stdio: "ignore" });
  const [code]: (number | null)[] = await once(child, "exit");
  return code ?? null;
}

const isShown = ({ app }: Launched): Promise<boolean> =>
  app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().some(
      (window) => window.isVisible() && !window.webContents.getURL().includes("?quick"),
    ),
  );

const hideWindows = ({ app }: Launched): Promise<void> =>
  app.evaluate(({ BrowserWindow }) => {
    for (const window of BrowserWindow.getAllWindows()) window.hide();
  });

it("opens a window, and answers a question with tools", async () => {
  const { page } = await launch("first");
  expect(page.url()).toBe("app://aetheria/index.html");
  await chooseWorkspace(page);
  await say(page, "How was the quarter?");
  await log(page).getByText("EMEA grew from 4.10 to 5.37.").waitFor();
  for (const step of ["list_files .", "read_file report.csv"])
    await log(page).getByText(step).waitFor();
  expect(await findings(page)).toEqual([]);
  await picture(page, "desktop");
});

/** Types as the composer says that it takes words, in the page that comes next. */
const typeAtTheMark = (page: Page, words: string) =>
  page.addInitScript((text) => {
    new PerformanceObserver((entries, observer) => {
      if (entries.getEntriesByName("aetheria:composer").length === 0) return;
      observer.disconnect();
      document.execCommand("insertText", false, text);
    }).observe({ type: "mark", buffered: true });
  }, words);

it("takes words before the host answers, keeps them, and sends them once it does", async () => {
  await (await launch("early")).close();
  const { page, letHostGo } = await launch("early", { held: true });
  await typeAtTheMark(page, "hello ");
  await page.reload();
  await eventually(() => message(page).inputValue()).toBe("hello ");
  await page.keyboard.type("to the host");
  expect(await hostState(page)).toEqual({ phase: "starting" });
  await page.getByText("Aetheria is still starting.").waitFor();
  await page.keyboard.press("Enter");
  await page.getByText("This goes out as soon as Aetheria answers.").waitFor();
  await page.keyboard.type(", and more");
  expect(await message(page).inputValue()).toBe("hello to the host, and more");
  await picture(page, "desktop-early");
  expect(await findings(page)).toEqual([]);
  await letHostGo();
  await log(page).getByText("Hello to you.").waitFor();
  expect(await log(page).getByText("hello to the host", { exact: true }).count()).toBe(1);
  await page.keyboard.type(" to say");
  expect(await message(page).inputValue()).toBe(", and more to say");
});

it("keeps what is written, and who writes, when the host answers", async () => {
  await (await launch("answers")).close();
  const { page, letHostGo } = await launch("answers", { held: true });
  await message(page).waitFor();
  await page.keyboard.type("hel");
  const field = await message(page).elementHandle();
  await letHostGo();
  await eventually(() => hostState(page)).toEqual({ phase: "ready" });
  await page.getByText("No workspace folder").waitFor();
  await page.keyboard.type("lo");
  expect(await field?.evaluate((one) => one === document.activeElement)).toBe(true);
  expect(await message(page).inputValue()).toBe("hello");
  await page.keyboard.press("Enter");
  await log(page).getByText("Hello to you.").waitFor();
});

it("gives the page its bridge and nothing else of Electron or Node", async () => {
  const { page } = await launch("bridge");
  expect(await page.evaluate(() => Object.keys(window.aetheria ?? {}).sort())).toEqual([
    "call",
    "onEvent",
    "platform",
  ]);
  const names = ["require", "process", "module", "global", "Buffer", "electron", "ipcRenderer"];
  expect(await page.evaluate((all) => all.filter((name) => name in window), names)).toEqual([]);
});

describe("a host that dies", () => {
  /** Kills the host that lives now; resolves once another one is ready. */
  async function killHost({ page, hostPid }: Launched): Promise<void> {
    const pid = await hostPid();
    if (pid === null) throw new Error("there is no host");
    process.kill(pid, "SIGKILL");
    await eventually(hostPid).not.toBe(pid);
    await eventually(() => hostState(page)).toEqual({ phase: "ready" });
  }

  it("in mid-stream is started again, and the page catches up without losing or doubling a word", async () => {
    const launched = await launch("killed");
    const { page } = launched;
    await say(page, "Tell a long story.");
    await log(page).getByText("word60.").waitFor();
    await killHost(launched);
    await log(page).getByText("And so it ended.").waitFor();
    const told = async () => (await log(page).innerText()).match(/word\d+\./g) ?? [];
    const lived = await told();
    // A death may cost the last quarter second of what was on the screen, and not more.
    expect(lived.length).toBeGreaterThan(30);
    expect(lived).toEqual(storyWords.slice(0, lived.length));
    await page.reload();
    await log(page).getByText("And so it ended.").waitFor();
    expect(await told()).toEqual(lived);
  });

  it("again and again is left to the person, with a sentence, its log and a way to restart it", async () => {
    const launched = await launch("looping");
    const { page, hostPid } = launched;
    await message(page).fill("half a thought");
    const killed: number[] = [];
    const killNext = async () => {
      const pid = await hostPid();
      if (pid !== null && !killed.includes(pid)) {
        killed.push(pid);
        process.kill(pid, "SIGKILL");
      }
      const state = await hostState(page);
      return state?.phase === "failed" && state.retryAt === null;
    };
    await eventually(killNext).toBe(true);
    expect(killed).toHaveLength(5);
    await page.getByText("It stopped several times in a row and waits for you.").waitFor();
    await page.getByText(/ended unexpectedly/).waitFor();
    await button(page, "Show log").click();
    const end = page.getByRole("region", { name: "End of the log" });
    await end.getByText("the host ended with").waitFor();
    expect(await findings(page)).toEqual([]);
    await picture(page, "host-trouble");
    await button(page, "Restart now").click();
    await button(page, "Restart now").waitFor({ state: "detached" });
    expect(await message(page).inputValue()).toBe("half a thought");
    await say(page, "hello");
    await log(page).getByText("Hello to you.").waitFor();
  });

  it("because another one serves its folder names that one, and comes up when the folder is free", async () => {
    const data = rig.dataDir("shared");
    const served = spawnCli(["serve", "--json", "--port", "0", "--data", data], { home: rig.home });
    await served.said('"ready"');
    const { page } = await launch("shared", { guided: false });
    await page.getByText(/already runs on this data folder, at http:/).waitFor();
    await picture(page, "host-elsewhere");
    served.child.kill();
    await served.ended;
    await button(page, "Restart now").click();
    await button(page, "Skip the guide").waitFor();
  });
});

describe("from outside", () => {
  it("a second start shows the window of the first and ends", async () => {
    const launched = await launch("single");
    await hideWindows(launched);
    expect(await isShown(launched)).toBe(false);
    expect(await startAgain("single", [])).toBe(0);
    await eventually(() => isShown(launched)).toBe(true);
  });

  it("--toggle shows quick-ask and hides it again", async () => {
    const launched = await launch("toggle");
    const isQuickShown = () =>
      launched.app.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows().some(
          (window) => window.isVisible() && window.webContents.getURL().endsWith("?quick"),
        ),
      );
    await startAgain("toggle", ["--toggle"]);
    await eventually(isQuickShown).toBe(true);
    await eventually(() => launched.app.windows().filter(isQuickAsk)).toHaveLength(1);
    await startAgain("toggle", ["--toggle"]);
    await eventually(isQuickShown).toBe(false);
  });

  it("links of ours lead somewhere; hostile ones are ignored, with a line in the log", async () => {
    const launched = await launch("links");
    const went = await listenForGo(launched.page);
    await launched.app.evaluate(({ app }, links) => {
      for (const link of links) app.emit("open-url", { preventDefault: () => undefined }, link);
    }, hostileLinks);
    await startAgain("links", ["aetheria://session/../../etc/passwd"]);
    await startAgain("links", ["aetheria://new?draft=Good%20morning"]);
    await eventually(went).toEqual([{ kind: "new", draft: "Good morning" }]);
    const lines = (await readFile(join(launched.dataDir, "aetheria.log"), "utf8")).split("\n");
    expect(lines.filter((line) => line.includes("a link was not followed"))).toHaveLength(
      hostileLinks.length + 1,
    );
    expect(await hostState(launched.page)).toEqual({ phase: "ready" });
  });

  it("an export that is opened is handed to the page; other files are not", async () => {
    const launched = await launch("files");
    const went = await listenForGo(launched.page);
    const good = join(rig.home, "Talk.aetheria.json");
    await writeFile(good, '{"format":"x"}');
    await writeFile(join(rig.home, "plain.txt"), "x");
    await startAgain("files", [join(rig.home, "plain.txt")]);
    await startAgain("files", [join(rig.home, "missing.aetheria.json")]);
    await startAgain("files", [good]);
    await eventually(went).toEqual([
      { kind: "import", name: "Talk.aetheria.json", text: '{"format":"x"}' },
    ]);
  });
});

describe("the window's place", () => {
  type Bounds = { x: number; y: number; width: number; height: number };
  const boundsOf = ({ app }: Launched): Promise<Bounds | undefined> =>
    app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds());
  const workArea = ({ app }: Launched): Promise<Bounds> =>
    app.evaluate(({ screen }) => screen.getPrimaryDisplay().workArea);
  const isInside = (bounds: Bounds, area: Bounds) =>
    bounds.x >= area.x &&
    bounds.y >= area.y &&
    bounds.x + bounds.width <= area.x + area.width &&
    bounds.y + bounds.height <= area.y + area.height;

  it("is remembered", async () => {
    const first = await launch("place", { size: null });
    const place = { x: 140, y: 90, width: 900, height: 700 };
    await first.app.evaluate(
      ({ BrowserWindow }, bounds) => BrowserWindow.getAllWindows()[0]?.setBounds(bounds),
      place,
    );
    await eventually(() => boundsOf(first)).toEqual(place);
    running.splice(running.indexOf(first), 1);
    await first.close();
    expect(await boundsOf(await launch("place", { size: null }))).toEqual(place);
  });

  it.each([
    ["garbage", "\u0000{{{"],
    ["numbers that are none", '{"bounds":{"x":1e999,"y":"0","width":-1,"height":0},"maximized":3}'],
    [
      "a display that is gone",
      '{"bounds":{"x":9000,"y":9000,"width":800,"height":600},"maximized":false,"theme":"dark"}',
    ],
    [
      "more than any display",
      '{"bounds":{"x":0,"y":0,"width":90000,"height":90000},"maximized":false,"theme":"light"}',
    ],
  ])("is a good one after %s", async (what, text) => {
    const data = `place-${what.replaceAll(" ", "-")}`;
    await mkdir(join(rig.dataDir(data), "window"), { recursive: true });
    await writeFile(join(rig.dataDir(data), "window", "state.json"), text);
    const launched = await launch(data, { size: null });
    const bounds = await boundsOf(launched);
    expect(bounds && isInside(bounds, await workArea(launched)), JSON.stringify(bounds)).toBe(true);
  });

  it("is a good one again after its display has disappeared", async () => {
    const launched = await launch("display", { size: null });
    const left: Bounds = { x: 0, y: 0, width: 1000, height: 800 };
    await launched.app.evaluate(({ BrowserWindow, screen }, workArea) => {
      BrowserWindow.getAllWindows()[0]?.setBounds({ x: 1100, y: 100, width: 700, height: 600 });
      const display = { ...screen.getPrimaryDisplay(), bounds: workArea, workArea };
      screen.getPrimaryDisplay = () => display;
      screen.getAllDisplays = () => [display];
      screen.emit("display-removed", {}, display);
    }, left);
    await eventually(async () => {
      const bounds = await boundsOf(launched);
      return bounds && isInside(bounds, left);
    }).toBe(true);
  });
});

describe("a hostile page", () => {
  it("that floods the bridge with 10,000 pieces of nonsense changes nothing", async () => {
    const launched = await launch("fuzz");
    const { page, app, hostPid } = launched;
    const effects = await watchEffects(launched);
    await eventually(() => hostState(page)).toEqual({ phase: "ready" });
    const pid = await hostPid();
    const outcome = await page.evaluate(floodBridge, {
      calls: 10_000,
      verbs: Object.keys(desktopVerbs),
    });
    expect(outcome).toEqual({ refused: 10_000, answered: 0 });
    expect(await effects()).toEqual([]);
    expect(await hostPid()).toBe(pid);
    expect(app.windows()).toHaveLength(1);
    await say(page, "hello");
    await log(page).getByText("Hello to you.").waitFor();
  });

  it("stays on its address, opens no window, embeds nothing, reaches no network", async () => {
    const launched = await launch("stays");
    const { page, app } = launched;
    const effects = await watchEffects(launched);
    await message(page).waitFor();
    const address = page.url();
    await page.evaluate(async () => {
      const goals = ["https://example.invalid/", "file:///etc/passwd", "app://other/index.html"];
      for (const goal of [...goals, "app://aetheria/else.html", "data:text/html,x"]) {
        location.href = goal;
        await new Promise((resolve) => setTimeout(resolve));
      }
    });
    const opened = await page.evaluate(() =>
      ["https://example.invalid/x", "file:///etc/passwd", "javascript:alert(1)", "about:blank"].map(
        (url) => window.open(url) !== null,
      ),
    );
    expect(opened).toEqual([false, false, false, false]);
    const reached = await page.evaluate(async () => {
      const frame = document.createElement("iframe");
      frame.src = "https://example.invalid/";
      document.body.append(frame, document.createElement("webview"));
      const tries = ["https://example.invalid/", "http://127.0.0.1:1/", "file:///etc/passwd"];
      const results = await Promise.allSettled(tries.map((url) => fetch(url)));
      return results.filter(({ status }) => status === "fulfilled").length;
    });
    expect(reached).toBe(0);
    expect(page.url()).toBe(address);
    expect(app.windows()).toHaveLength(1);
    // A link that a person may follow goes to the system's browser; the others go nowhere.
    await eventually(effects).toEqual(["open https://example.invalid/x"]);
    // Not by a locator: Playwright waits for the navigations that were refused.
    expect(await page.evaluate(() => document.querySelectorAll("textarea").length)).toBe(1);
  });

  it("gets no permission", async () => {
    const { page } = await launch("permissions");
    const states = await page.evaluate(async () => {
      const names = ["geolocation", "notifications", "camera", "microphone", "midi"];
      const found = names.map(async (name) => {
        const { state } = await navigator.permissions.query({ name: name as PermissionName });
        return state;
      });
      const media = navigator.mediaDevices.getUserMedia({ audio: true }).then(
        () => "given",
        () => "denied",
      );
      return Promise.all([...found, media, Notification.requestPermission()]);
    });
    expect(new Set(states)).toEqual(new Set(["denied"]));
  });

  it("opens harmless links, asks about unusual ones, and never opens the others", async () => {
    const launched = await launch("open-link");
    const effects = await watchEffects(launched);
    const follow = (url: string) =>
      launched.page.evaluate(
        async (to) => (await window.aetheria?.call("openLink", { url: to }))?.opened,
        url,
      );
    expect(await follow("https://example.invalid/a?b=c")).toBe(true);
    expect(await follow("http://example.invalid/plain")).toBe(false);
    const never = ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "smb://h/s"];
    for (const url of [...never, "ms-msdt:/id", "app://aetheria/"])
      expect(await follow(url), url).toBe(false);
    expect(await effects()).toEqual([
      "open https://example.invalid/a?b=c",
      "ask http://example.invalid/plain",
    ]);
  });
});

it("notifies of an approval while nobody looks, and leads to it", async () => {
  const launched = await launch("notified");
  const { page, app } = launched;
  await chooseWorkspace(page);
  const went = await listenForGo(page);
  await app.evaluate(({ Notification }) => {
    const shown: Electron.Notification[] = [];
    Object.assign(globalThis, { shownNotifications: shown });
    Notification.isSupported = () => true;
    Notification.prototype.show = function () {
      shown.push(this);
    };
  });
  const shown = () =>
    app.evaluate(() => {
      const all = (
        globalThis as typeof globalThis & { shownNotifications: Electron.Notification[] }
      ).shownNotifications;
      return all.map(({ title, body }) => `${title}: ${body}`);
    });
  await hideWindows(launched);
  await say(page, "Please write a note.");
  await eventually(shown).toEqual(["Your decision is needed: Please write a note."]);
  await app.evaluate(() => {
    const all = (globalThis as typeof globalThis & { shownNotifications: Electron.Notification[] })
      .shownNotifications;
    all[0]?.emit("click");
  });
  await eventually(() => isShown(launched)).toBe(true);
  await eventually(went).toMatchObject([{ kind: "session" }]);
});

const hostileLinks = [
  "aetheria://",
  "aetheria:session/1",
  "aetheria://run?command=rm",
  "aetheria://session/",
  "aetheria://session/a/b",
  "aetheria://session/%2e%2e%2fetc",
  "aetheria://session/<script>",
  "aetheria://session/a?seq=-1",
  "aetheria://session/a?seq=1&seq=2",
  "aetheria://user:pass@session/a",
  "aetheria://session:80/a",
  "aetheria://settings/about/../../x",
  "aetheria://settings/about?x=1",
  "aetheria://new?draft=a&run=1",
  `aetheria://new?draft=${"x".repeat(30_000)}`,
  "AETHERIA://EVIL",
  "https://example.invalid/",
  "file:///etc/passwd",
  "javascript:alert(1)",
];

/** Runs in the page: calls with names and inputs that are none, a hundred at a time. */
async function floodBridge({ calls, verbs }: { calls: number; verbs: string[] }) {
  const counts = { refused: 0, answered: 0 };
  const nonsense: unknown[] = [
    null,
    undefined,
    0,
    -1,
    Number.NaN,
    "",
    "../../etc/passwd",
    "x".repeat(50_000),
    true,
    [],
    [[], {}],
    new Date(0),
    new Uint8Array(1000),
    new Map([["url", "https://example.invalid"]]),
    10n,
    () => 1,
    Symbol.iterator,
  ];
  const names: unknown[] = [...verbs, "", "__proto__", "constructor", "toString", 7, null, {}, []];
  const call = window.aetheria?.call as (name: unknown, input: unknown) => Promise<unknown>;
  for (let done = 0; done < calls; done += 100) {
    const some = Array.from({ length: 100 }, async (_, index) => {
      const at = done + index;
      const name = names[at % names.length];
      const input = nonsense[Math.floor(at / names.length) % nonsense.length];
      await call(name, input);
    });
    for (const { status } of await Promise.allSettled(some))
      counts[status === "fulfilled" ? "answered" : "refused"] += 1;
  }
  return counts;
}
