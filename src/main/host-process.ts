// The host's life: starts it in a process of its own, starts it again when it dies, ever later, and
// gives up for the person to decide when it dies too often. Knows nothing of what the host does.
import { fileURLToPath } from "node:url";
import { utilityProcess, type MessagePortMain, type UtilityProcess } from "electron";
import {
  HostMessage,
  type HostState,
  type Keychain,
  type MainMessage,
} from "../contract/desktop.ts";
import type { ErrorData } from "../contract/errors.ts";
import { afterDeath, noDeaths, type BackOff } from "./back-off.ts";

export type HostProcessOptions = {
  dataDir: string;
  keychain: () => Keychain;
  /** The system opens aetheria:// links with this program. */
  hasLinks: () => boolean;
  onState(state: HostState): void;
  /** Everything the host says but how it is. */
  onMessage(message: HostMessage): void;
  log(line: string): void;
};

export interface HostProcess {
  readonly state: HostState;
  /** Resolves once it is ready, however often it dies before. */
  ready(): Promise<void>;
  start(): void;
  /** By the wish of the person or of the host itself: now, and what went before is forgotten. */
  restart(): void;
  /** Dropped when there is no host. */
  post(message: MainMessage, ports?: MessagePortMain[]): void;
  /** Lets it finish its writes; resolves when it is gone, by force after a while. */
  close(): Promise<void>;
}

// host/entry/utility.ts, seen from out/main/index.js.
const hostPath = fileURLToPath(new URL("./host.js", import.meta.url));

const closeLimitMs = 8_000;

export function createHostProcess(options: HostProcessOptions): HostProcess {
  let state: HostState = { phase: "starting" };
  let child: UtilityProcess | null = null;
  let backOff: BackOff = noDeaths;
  let retry: NodeJS.Timeout | undefined;
  /** What it said of itself before it ended. */
  let complaint: ErrorData | null = null;
  let isClosing = false;
  let startsAgain = false;
  const waiting: (() => void)[] = [];

  const become = (next: HostState) => {
    state = next;
    if (next.phase === "ready") for (const go of waiting.splice(0)) go();
    options.onState(next);
  };

  const start = () => {
    clearTimeout(retry);
    if (child || isClosing) return;
    const startedAt = Date.now();
    complaint = null;
    become({ phase: "starting" });
    child = utilityProcess.fork(hostPath, [], { serviceName: "Aetheria host", stdio: "pipe" });
    logOutput(child, options.log);
    child.on("message", (raw) => receive(raw));
    // Out of memory, mostly; its end is told by itself.
    child.on("error", (type, location) => options.log(`the host failed: ${type} ${location}`));
    child.once("exit", (code) => ended(code, startedAt));
    const { dataDir, keychain, hasLinks } = options;
    post({ type: "start", dataDir, keychain: keychain(), hasLinks: hasLinks() });
  };

  const receive = (raw: unknown) => {
    const message = HostMessage.safeParse(raw).data;
    if (!message) return options.log("the host sent something unreadable");
    // One that is to end is not ready, whatever it says on its way.
    if (message.type === "ready" && !startsAgain) become({ phase: "ready" });
    else if (message.type === "failed") complaint = message.error;
    else if (message.type === "restart") restart();
    options.onMessage(message);
  };

  const ended = (code: number, startedAt: number) => {
    child = null;
    if (isClosing) return;
    if (startsAgain) {
      startsAgain = false;
      return start();
    }
    options.log(`the host ended with ${code}`);
    const diedAt = Date.now();
    const next = afterDeath(backOff, startedAt, diedAt);
    backOff = next.backOff;
    const { delayMs } = next;
    const retryAt = delayMs === null ? null : diedAt + delayMs;
    become({ phase: "failed", error: complaint ?? died(code), retryAt });
    if (delayMs !== null) retry = setTimeout(start, delayMs);
  };

  const restart = () => {
    backOff = noDeaths;
    if (!child) return start();
    if (startsAgain || isClosing) return;
    startsAgain = true;
    // Whoever wants a line waits for the next one.
    become({ phase: "starting" });
    void endGently(child, options.log);
  };

  const post = (message: MainMessage, ports: MessagePortMain[] = []) => {
    if (child) child.postMessage(message, ports);
    // The far end learns that nobody is here, and asks again.
    else for (const port of ports) port.close();
  };

  return {
    get state() {
      return state;
    },
    ready: () =>
      state.phase === "ready" ? Promise.resolve() : new Promise((go) => void waiting.push(go)),
    start,
    restart,
    post,
    async close() {
      isClosing = true;
      clearTimeout(retry);
      if (child) await endGently(child, options.log);
    },
  };
}

/** Asks it to close, and ends it when it takes too long. */
function endGently(child: UtilityProcess, log: (line: string) => void): Promise<void> {
  return new Promise((resolve) => {
    const limit = setTimeout(() => {
      log("the host did not close in time and was ended");
      child.kill();
    }, closeLimitMs);
    child.once("exit", () => {
      clearTimeout(limit);
      resolve();
    });
    child.postMessage({ type: "close" } satisfies MainMessage);
  });
}

function logOutput(child: UtilityProcess, log: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk: Buffer) => log(`host: ${chunk.toString().trimEnd()}`));
}

const died = (code: number): ErrorData => ({
  code: "internal",
  message: `The part of Aetheria that does the work ended unexpectedly (code ${code}).`,
  hint: "Nothing that was said is lost. The log says more.",
  retryable: true,
});
