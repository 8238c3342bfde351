// A page's state over a fake host, for scenes that show parts of apps: real places, terminals and
// notes, and calls that are answered from a table.
import { createFakeHost } from "../../src/testing/fake-host.ts";
import type { CallInput } from "../../src/contract/calls.ts";
import type { SandboxStatus } from "../../src/contract/sandbox.ts";
import type { Handlers } from "../../src/rpc/server.ts";
import type { AppState } from "../../src/renderer/client/app-state.svelte.ts";
import { Place } from "../../src/renderer/client/place.svelte.ts";
import { Terminals } from "../../src/renderer/client/terminals.svelte.ts";
import { Toasts } from "../../src/renderer/ui/toasts.svelte.ts";

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

export function createFakeApp(status: SandboxStatus, files: Record<string, Uint8Array>): FakeApp {
  const calls: FakeApp["calls"] = [];
  const note = (name: string, input: unknown) => void calls.push({ name, input });
  let terminalCount = 0;
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
    "session.stop": (input) => (note("session.stop", input), { stopped: true }),
  };
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
    host: { tools: [], settings: {} },
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
  return { app: app as unknown as AppState, calls };
}
