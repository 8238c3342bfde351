// What people install: nothing foreign inside, its fuses set, Electron's twenty points of security
// kept at run time, and it starts — from the folder and from the deb.
import { execFileSync } from "node:child_process";
import { createServer, type Server } from "node:http";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { listPackage } from "@electron/asar";
import { FuseState, FuseV1Options, getCurrentFuseWire } from "@electron/fuses";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { processesOf, settle, startPackaged, type Packaged } from "./packaged-rig.ts";
import { openDisplay, type Display } from "./virtual-display.ts";

const root = resolve(import.meta.dirname, "..");
const unpacked = join(root, "dist", "linux-unpacked");
let home = "";
let display: Display;

/** The page has something to say: the guide of the first run. */
const shown = (page: Page) => page.getByRole("heading").first().waitFor();

/** Nothing of the machine's own: no keys, no models. */
const environment = () => ({
  PATH: process.env["PATH"] ?? "",
  HOME: join(home, "data"),
  OLLAMA_HOST: "http://127.0.0.1:1",
  AETHERIA_DATA: join(home, "data", "aetheria"),
  ...display.env,
});

beforeAll(async () => {
  execFileSync(process.execPath, ["scripts/run.js", "package", "--deb"], { cwd: root });
  home = mkdtempSync(join(tmpdir(), "aetheria-packaged-"));
  display = await openDisplay();
}, 600_000);
afterAll(async () => {
  await display?.close();
  rmSync(home, { recursive: true, force: true });
});

describe("the package", () => {
  it("holds what runs and nothing else", () => {
    const files = listPackage(join(unpacked, "resources", "app.asar"), { isPack: false });
    const allowed =
      /^[\\/](?:package\.json|LICENSE|out(?:[\\/](?:main|preload|renderer|companion)(?:[\\/].*)?)?|node_modules(?:[\\/](?:better-sqlite3|bindings|file-uri-to-path|@vscode|@lydell|playwright-core)(?:[\\/].*)?)?)$/;
    expect(files.filter((file) => !allowed.test(file))).toEqual([]);
    expect(files.filter((file) => /\.(?:ts|svelte|map|md|test\.js|c|h|gyp)$/i.test(file))).toEqual(
      [],
    );
    const driver = files.filter((file) => file.includes("playwright-core"));
    expect(driver.some((file) => /coreBundle\.js$/.test(file))).toBe(true);
    expect(driver.filter((file) => /[\\/](?:vite|bin|tools|types)(?:[\\/]|$)/.test(file))).toEqual(
      [],
    );
    const binaries = files.filter((file) => /\.node$|ripgrep-[^/\\]+$/.test(file));
    expect(binaries.filter((file) => /darwin|win32|arm64|musl/.test(file))).toEqual([]);
    expect(binaries).toHaveLength(3);
  });

  it("says no word about the machine it was built on", () => {
    const bundle = readFileSync(join(unpacked, "resources", "app.asar")).toString("latin1");
    expect(bundle).not.toContain(root);
  });

  it("has its fuses set", async () => {
    const wire = await getCurrentFuseWire(join(unpacked, "aetheria"));
    const on = (fuse: FuseV1Options) => wire[fuse] === FuseState.ENABLE;
    expect({
      runAsNode: on(FuseV1Options.RunAsNode),
      cookieEncryption: on(FuseV1Options.EnableCookieEncryption),
      nodeOptions: on(FuseV1Options.EnableNodeOptionsEnvironmentVariable),
      nodeInspect: on(FuseV1Options.EnableNodeCliInspectArguments),
      asarIntegrity: on(FuseV1Options.EnableEmbeddedAsarIntegrityValidation),
      onlyAsar: on(FuseV1Options.OnlyLoadAppFromAsar),
      ownSnapshot: on(FuseV1Options.LoadBrowserProcessSpecificV8Snapshot),
      filePrivileges: on(FuseV1Options.GrantFileProtocolExtraPrivileges),
    }).toEqual({
      runAsNode: false,
      cookieEncryption: true,
      nodeOptions: false,
      nodeInspect: false,
      asarIntegrity: true,
      onlyAsar: true,
      ownSnapshot: false,
      filePrivileges: false,
    });
  });
});

// https://www.electronjs.org/docs/latest/tutorial/security#checklist-security-recommendations
describe("Electron's security checklist, in the packaged app while it runs", () => {
  let app: Packaged;
  let place = "";
  let outside: Server;
  const reached: string[] = [];
  const address = () => `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;

  beforeAll(async () => {
    outside = createServer((request, response) => {
      reached.push(request.url ?? "");
      response.end("<script>parent.reached = 1</script>");
    });
    await new Promise<void>((done) => outside.listen(0, "127.0.0.1", done));
    place = settle(unpacked, home);
    app = await startPackaged(place, home, environment());
    await shown(app.page);
  });
  afterAll(async () => {
    await app?.close();
    outside?.close();
  });

  const inPage = <T>(expression: string): Promise<T> => app.page.evaluate(expression);
  const renderers = () => processesOf(place).filter(({ type }) => type === "renderer");

  it("1 loads nothing but its own files", async () => {
    const loaded: string[] = [];
    app.page.on("request", (request) => loaded.push(request.url()));
    await app.page.reload();
    await shown(app.page);
    expect(loaded.length).toBeGreaterThan(3);
    expect(loaded.filter((url) => !/^(?:app:\/\/aetheria\/|blob:app:)/.test(url))).toEqual([]);
  });

  it("2 gives the page no Node", async () => {
    const names = ["process", "require", "module", "Buffer", "global", "__dirname", "setImmediate"];
    expect(await inPage(`${JSON.stringify(names)}.filter((name) => name in globalThis)`)).toEqual(
      [],
    );
  });

  it("3 keeps the preload in a context of its own", async () => {
    const session = await app.page.context().newCDPSession(app.page);
    const contexts: string[] = [];
    session.on("Runtime.executionContextCreated", ({ context }) => contexts.push(context.name));
    await session.send("Runtime.enable");
    expect(contexts).toContain("Electron Isolated Context");
    expect(await inPage(`Object.isFrozen(window.aetheria)`)).toBe(true);
    await inPage(`void (Function.prototype.call = () => { throw new Error("taken over") })`);
    const answer = inPage<object>(`window.aetheria.call("state", {})`);
    expect(await answer).toHaveProperty("host");
    await app.page.reload();
    await shown(app.page);
  });

  it("4 runs the page in Chromium's sandbox", () => {
    expect(renderers().length).toBeGreaterThan(0);
    for (const { args, seccomp } of renderers()) {
      expect(args.filter((arg) => /no-sandbox/.test(arg))).toEqual([]);
      expect(seccomp, "seccomp filters are on").toBe("2");
    }
  });

  it("5 denies what pages ask for", async () => {
    const asked = `Promise.all([
      Notification.requestPermission().catch(() => "denied"),
      new Promise((done) => navigator.geolocation.getCurrentPosition(() => done("granted"), () => done("denied"))),
      navigator.mediaDevices.getDisplayMedia({ video: true }).then(() => "granted", () => "denied"),
      navigator.mediaDevices.getUserMedia({ video: true }).then(() => "granted", () => "denied"),
      navigator.permissions.query({ name: "midi", sysex: true }).then(({ state }) => state, () => "denied"),
    ])`;
    expect(await inPage(asked)).toEqual(["denied", "denied", "denied", "denied", "denied"]);
  });

  it("6, 8 keeps the web's rules on: no other origin is read, no plain http is loaded", async () => {
    const tried = `Promise.all([
      fetch("${address()}/fetched").then(() => "read", () => "refused"),
      new Promise((done) => { const image = new Image(); image.onload = () => done("read"); image.onerror = () => done("refused"); image.src = "${address()}/pictured"; }),
      new Promise((done) => { const script = document.createElement("script"); script.onload = () => done("read"); script.onerror = () => done("refused"); script.src = "${address()}/scripted"; document.head.append(script); }),
    ])`;
    expect(await inPage(tried)).toEqual(["refused", "refused", "refused"]);
    expect(reached).toEqual([]);
  });

  it("7 has a policy for content without any “unsafe”, and it bites", async () => {
    const policy = await inPage<string>(
      `fetch(location.href).then(({ headers }) => headers.get("content-security-policy"))`,
    );
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toContain("unsafe");
    const inline = `(() => { const script = document.createElement("script"); script.textContent = "window.wasRun = 1"; document.head.append(script); return "wasRun" in window; })()`;
    expect(await inPage(inline)).toBe(false);
    const evaluated = `new Promise((done) => { setTimeout("window.wasEvaluated = 1"); setTimeout(() => done("wasEvaluated" in window)); })`;
    expect(await inPage(evaluated)).toBe(false);
  });

  it("9, 10 turns on no experiment of the browser", () => {
    for (const { args } of renderers()) {
      const risky =
        /--enable-(?:experimental|blink-features=(?!$))|--disable-web-security|--allow-running-insecure/;
      expect(args.filter((arg) => risky.test(arg))).toEqual([]);
    }
  });

  it("11, 12 has no webview", async () => {
    const attached = `(() => { const view = document.createElement("webview"); view.src = "${address()}/viewed"; document.body.append(view); return typeof view.getURL; })()`;
    expect(await inPage(attached)).toBe("undefined");
    expect(reached).toEqual([]);
  });

  it("13 goes nowhere else", async () => {
    await inPage(`void (location.href = "${address()}/gone")`);
    await inPage(
      `(() => { const form = document.createElement("form"); form.action = "${address()}/sent"; document.body.append(form); form.submit(); })()`,
    );
    expect(await inPage(`window.aetheria.call("state", {}).then(() => location.origin)`)).toBe(
      "app://aetheria",
    );
    expect(reached).toEqual([]);
  });

  it("14 opens no windows", async () => {
    expect(await inPage(`window.open("${address()}/opened") === null`)).toBe(true);
    expect(await inPage(`window.open("about:blank") === null`)).toBe(true);
    expect(app.browser.contexts()[0]?.pages()).toHaveLength(1);
  });

  it.each([
    "file:///etc/passwd",
    "javascript:alert(1)",
    "smb://host/share",
    "data:text/html,x",
    "ms-msdt:/id",
  ])("15 never hands %s to the system", async (url) => {
    const answer = `window.aetheria.call("openLink", ${JSON.stringify({ url })}).catch(() => ({ opened: false }))`;
    expect(await inPage(answer)).toEqual({ opened: false });
  });

  it("16 names the Electron it ships exactly, one that is still cared for", () => {
    const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      devDependencies: Record<string, string>;
    };
    const [major = 0] = (devDependencies["electron"] ?? "").split(".").map(Number);
    expect(devDependencies["electron"]).toMatch(/^\d+\.\d+\.\d+$/);
    expect(major).toBeGreaterThanOrEqual(45);
  });

  it("17 answers its own page only", async () => {
    const framed = `(() => {
      const frame = document.createElement("iframe");
      document.body.append(frame);
      return typeof frame.contentWindow.aetheria;
    })()`;
    expect(await inPage(framed)).toBe("undefined");
    const foreign = `window.aetheria.call("shutdown", {}).then(() => "done", () => "refused")`;
    expect(await inPage(foreign)).toBe("refused");
  });

  it("18 does not live on file:", async () => {
    expect(await inPage("location.protocol")).toBe("app:");
    expect(await inPage(`fetch("file:///etc/hostname").then(() => "read", () => "refused")`)).toBe(
      "refused",
    );
    expect(
      await inPage(`fetch("app://aetheria/../../package.json").then(({ ok }) => ok, () => false)`),
    ).toBe(false);
  });

  it("20 shows the page three names and no object of Electron's", async () => {
    expect(await inPage(`Object.keys(window.aetheria).sort()`)).toEqual([
      "call",
      "onEvent",
      "platform",
    ]);
    const heard = `new Promise((done) => { window.aetheria.onEvent((...args) => done([args.length, Object.keys(args[0]).sort()])); void window.aetheria.call("restartHost", {}); })`;
    const [count, keys] = await inPage<[number, string[]]>(heard);
    expect(count).toBe(1);
    expect(keys).not.toContain("sender");
  });
});

describe("the deb", () => {
  it("installs a program, its icon, its links and its kind of file, and starts", async () => {
    const name = readdirSync(join(root, "dist")).find((file) => file.endsWith(".deb"));
    const deb = join(root, "dist", name ?? "missing.deb");
    expect(statSync(deb).size).toBeGreaterThan(10_000_000);
    const field = (of: string) =>
      execFileSync("dpkg-deb", ["--field", deb, of], { encoding: "utf8" }).trim();
    expect(field("Package")).toBe("aetheria");
    expect(field("Depends")).toContain("libgtk-3-0");
    const tree = join(home, "installed");
    execFileSync("dpkg-deb", ["-x", deb, tree]);
    const entry = readFileSync(join(tree, "usr/share/applications/aetheria.desktop"), "utf8");
    expect(entry).toContain("Exec=/opt/Aetheria/aetheria");
    expect(entry).toMatch(/MimeType=.*x-scheme-handler\/aetheria/);
    expect(entry).toMatch(/MimeType=.*application\/vnd\.aetheria\.session\+json/);
    expect(statSync(join(tree, "usr/share/icons/hicolor/512x512/apps/aetheria.png")).isFile()).toBe(
      true,
    );
    const app = settle(join(tree, "opt", "Aetheria"), home);
    const started = await startPackaged(app, home, environment());
    try {
      await shown(started.page);
      const state = await started.page.evaluate(`window.aetheria.call("state", {})`);
      expect(state).toMatchObject({ host: { phase: "ready" } });
    } finally {
      await started.close();
    }
  });
});
