// A page's state over a fake host, for scenes that show parts of apps: real places, terminals and
// notes, and calls that are answered from a table.
import { createFakeHost } from "../../src/testing/fake-host.ts";
import type { BrowserStatus } from "../../src/contract/browser.ts";
import type { CallInput } from "../../src/contract/calls.ts";
import { AetheriaError } from "../../src/contract/errors.ts";
import type { SandboxStatus } from "../../src/contract/sandbox.ts";
import type { Handlers } from "../../src/rpc/server.ts";
import type { AppState } from "../../src/renderer/client/app-state.svelte.ts";
import { BrowserState } from "../../src/renderer/client/browser-state.svelte.ts";
import { Place } from "../../src/renderer/client/place.svelte.ts";
import { Terminals } from "../../src/renderer/client/terminals.svelte.ts";
import { Toasts } from "../../src/renderer/ui/toasts.svelte.ts";

/** A browser that says it is so, and its page as the size that is asked for. */
export interface FakeBrowser {
  status: BrowserStatus | null;
  page: (maxWidth: number, maxHeight: number) => Promise<Uint8Array<ArrayBuffer>>;
}

export interface FakeApp {
  app: AppState;
  /** Every call, by name. */
  calls: { name: string; input: unknown }[];
}

const prompt = "\u001b[38;2;47;216;160msandbox\u001b[0m:\u001b[1;34m/workspace\u001b[0m$ ";
const listing = [
  "\u001b[1mls --color\u001b[0m",
  "chart.png  \u001b[32mgrowth.py\u001b[0m  \u001b[33msummary.csv\u001b[0m",
];
const colours =
  [31, 32, 33, 34, 35, 36, 37].map((code) => `\u001b[${code}m■■ ${code}\u001b[0m `).join("") +
  `\r\n${[91, 92, 93, 94, 95, 96, 97].map((code) => `\u001b[${code}m■■ ${code}\u001b[0m `).join("")}\r\n`;

export function createFakeApp(
  status: SandboxStatus,
  files: Record<string, Uint8Array>,
  browser: FakeBrowser = { status: null, page: () => Promise.resolve(new Uint8Array()) },
  settings: object = {},
): FakeApp {
  const calls: FakeApp["calls"] = [];
  const note = (name: string, input: unknown) => void calls.push({ name, input });
  let terminalCount = 0;
  let viewCount = 0;
  let shown = browser.status;
  const bytes = (text: string) => new TextEncoder().encode(text);
  const handlers: Partial<Handlers> = {
    "sandbox.status": () => status,
    "sandbox.host": (input) => (note("sandbox.host", input), {}),
    "sandbox.restart": (input) => (note("sandbox.restart", input), {}),
    "sandbox.reset": (input) => (note("sandbox.reset", input), {}),
    "sandbox.consent": (input) => (note("sandbox.consent", input), {}),
    "sandbox.stopBuild": (input) => (note("sandbox.stopBuild", input), {}),
    "sandbox.stopProcess": (input) => (note("sandbox.stopProcess", input), {}),
    "sandbox.processOutput": ({ from }) => ({
      text: from === 0 ? "Serving HTTP on 0.0.0.0 port 8000\n" : "",
      next: 34,
      skippedBytes: 0,
    }),
    "terminal.open": (input) => {
      note("terminal.open", input);
      terminalCount += 1;
      const terminalId = `t${terminalCount}`;
      const text =
        input.place === "machine"
          ? "\u001b[1mdana@laptop\u001b[0m:~$ "
          : `${prompt}${listing.join("\r\n")}\r\nsee https://docs.example.com/guide\r\n${colours}${prompt}`;
      setTimeout(() => host.push({ type: "terminal.output", terminalId, bytes: bytes(text) }), 0);
      return { terminalId };
    },
    "terminal.write": ({ terminalId, text }) => {
      note("terminal.write", { terminalId, text });
      if (text === "\u0004") host.push({ type: "terminal.ended", terminalId, exitCode: 0 });
      else host.push({ type: "terminal.output", terminalId, bytes: bytes(text) });
      return {};
    },
    "terminal.resize": (input) => (note("terminal.resize", input), {}),
    "terminal.drawn": (input) => (note("terminal.drawn", input), {}),
    "terminal.close": (input) => (note("terminal.close", input), {}),
    "attachment.get": ({ sha256, offset, length }: CallInput<"attachment.get">) => {
      const whole = files[sha256] ?? new Uint8Array();
      return { bytes: whole.slice(offset, offset + length), sizeBytes: whole.length };
    },
    ...browserHandlers(),
    "session.stop": (input) => (note("session.stop", input), { stopped: true }),
  };
  function browserHandlers(): Partial<Handlers> {
    const noted = (name: string) => (input: unknown) => (note(name, input), {});
    return {
      "browser.status": () => {
        if (shown) return shown;
        throw new AetheriaError("internal", "The browser does not answer.", {
          hint: "Look again in a moment.",
        });
      },
      "browser.watch": ({ maxWidth, maxHeight }) => {
        note("browser.watch", { maxWidth, maxHeight });
        viewCount += 1;
        const viewId = `v${viewCount}`;
        const { width = 1280, height = 800 } = shown?.viewport ?? {};
        void browser.page(maxWidth, maxHeight).then((bytes) => {
          const frame = { viewId, bytes, width, height, at: Date.now() };
          host.push({ type: "browser.frame", ...frame });
        });
        return { viewId };
      },
      "browser.drive": (input) => {
        note("browser.drive", input);
        if (shown) shown = { ...shown, driver: input.driver };
        return {};
      },
      "browser.drawn": noted("browser.drawn"),
      "browser.unwatch": noted("browser.unwatch"),
      "browser.open": noted("browser.open"),
      "browser.close": noted("browser.close"),
      "browser.fetch": noted("browser.fetch"),
      "browser.fetchStop": noted("browser.fetchStop"),
      "browser.navigate": noted("browser.navigate"),
      "browser.tab": noted("browser.tab"),
      "browser.dialog": noted("browser.dialog"),
      "browser.choose": noted("browser.choose"),
      "browser.input": noted("browser.input"),
      "browser.selection": () => ({ text: "5.37 M" }),
      "browser.profile": noted("browser.profile"),
      "browser.forgetProfile": noted("browser.forgetProfile"),
      "browser.site": noted("browser.site"),
      "file.find": ({ query }) => ({
        paths: ["report.pdf", "data/sales.csv", "notes/summary of the third quarter.md"].filter(
          (path) => path.includes(query),
        ),
      }),
      "tool.run": (input) => {
        note("tool.run", input);
        return { callId: "c9" as never, result: { text: "", view: null, files: [] } as never };
      },
    };
  }
  const host = createFakeHost(handlers);
  const client = host.connect();
  const connection = {
    call: client.call.bind(client),
    onPush: client.onPush.bind(client),
    state: { phase: "connected" },
  };
  const toasts = new Toasts();
  const app = {
    connection,
    toasts,
    place: new Place(),
    terminals: new Terminals(connection),
    host: { tools: [], settings, set: () => Promise.resolve() },
    commands: { on: () => () => undefined },
    say: (text: string) => toasts.show({ tone: "mint", text }),
    async attempt<T>(step: () => Promise<T>): Promise<T | undefined> {
      try {
        return await step();
      } catch (error) {
        toasts.show({ tone: "red", text: String(error) });
        return undefined;
      }
    },
  };
  const state = new BrowserState(app, "s1" as never);
  state.look();
  return { app: Object.assign(app, { browser: state }) as unknown as AppState, calls };
}
