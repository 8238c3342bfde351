// Sandboxes without a wall or a program: a test scripts what each run prints, shows and changes. Loud
// about what was not scripted.
import type { SessionId } from "../contract/ids.ts";
import type { SandboxProcess, SandboxTier } from "../contract/sandbox.ts";
import type {
  RunEnd,
  RunPiece,
  RunRequest,
  Sandbox,
  Sandboxes,
  Terminal,
  TerminalSize,
} from "../core/sandbox-ports.ts";

/** What one run does. Yields as the program would; what it returns is laid over a clean end. */
export type FakeRun = (
  request: RunRequest,
  signal: AbortSignal,
) => AsyncGenerator<RunPiece, Partial<RunEnd> | void, void>;

export type FakeSandboxesSetup = {
  tier?: SandboxTier | null;
  run?: FakeRun;
  /** Called by `open` before it returns. */
  opening?: (options: Parameters<Sandboxes["open"]>[1]) => Promise<void>;
};

export type FakeSandboxes = Sandboxes & {
  readonly opened: SessionId[];
  readonly requests: RunRequest[];
  readonly resets: string[];
  readonly written: string[];
  /** Terminals that were opened, oldest first. */
  readonly terminals: FakeTerminal[];
  tier: SandboxTier | null;
  /** A process prints. */
  print(processId: string, text: string): void;
};

export function createFakeSandboxes(setup: FakeSandboxesSetup = {}): FakeSandboxes {
  const sandboxes = new Map<SessionId, Sandbox>();
  const outputs = new Map<string, string>();
  const running: SandboxProcess[] = [];
  const find = (processId: string): SandboxProcess => {
    const found = running.find((one) => one.processId === processId);
    if (!found) throw new Error(`fake sandbox: no process ${processId} was started`);
    return found;
  };

  const fake: FakeSandboxes = {
    opened: [],
    requests: [],
    resets: [],
    written: [],
    terminals: [],
    tier: setup.tier === undefined ? "docker" : setup.tier,
    print: (processId, text) => void outputs.set(processId, (outputs.get(processId) ?? "") + text),
    current: (sessionId) => sandboxes.get(sessionId) ?? null,
    tierFor: () => Promise.resolve(fake.tier),
    async open(sessionId, options) {
      await setup.opening?.(options);
      options.signal.throwIfAborted();
      const { tier } = fake;
      if (tier === null) throw new Error("fake sandbox: there is no tier; script `opening`");
      const sandbox = sandboxes.get(sessionId) ?? make(sessionId, tier);
      sandboxes.set(sessionId, sandbox);
      fake.opened.push(sessionId);
      return sandbox;
    },
  };

  function make(sessionId: SessionId, tier: SandboxTier): Sandbox {
    return {
      tier,
      async *run(request, signal) {
        fake.requests.push(request);
        if (!setup.run) throw new Error("fake sandbox: no run was scripted");
        const end = yield* setup.run(request, signal);
        return { ...cleanEnd, ...end };
      },
      start: (command) => {
        const processId = `p${running.length + 1}`;
        const started = { processId, command, startedAt: 1, exitCode: null, running: true };
        running.push(started);
        return Promise.resolve(started);
      },
      processes: () => [...running],
      output(processId, from) {
        find(processId);
        const bytes = Buffer.from(outputs.get(processId) ?? "");
        return { text: bytes.subarray(from).toString(), next: bytes.length, skippedBytes: 0 };
      },
      write: (processId, text, end) => {
        find(processId);
        fake.written.push(end ? `${text}<end>` : text);
        return Promise.resolve();
      },
      stopProcess: (processId) => {
        const stopped = Object.assign(find(processId), { running: false, exitCode: 143 });
        return Promise.resolve(stopped);
      },
      reset: (language) => Promise.resolve(void fake.resets.push(language)),
      openTerminal: (size) => {
        const terminal = createFakeTerminal(size);
        fake.terminals.push(terminal);
        return Promise.resolve(terminal);
      },
      usage: () => Promise.resolve(null),
      onLost: () => undefined,
      close: () => Promise.resolve(void sandboxes.delete(sessionId)),
    };
  }
  return fake;
}

const cleanEnd: RunEnd = {
  exitCode: 0,
  ended: null,
  stateLost: false,
  ms: 310,
  memoryPeakBytes: 42_000_000,
  changed: [],
  moreChanges: 0,
  blockedHosts: [],
};

export type FakeTerminal = Terminal & {
  readonly size: TerminalSize;
  readonly typed: string[];
  readonly isClosed: boolean;
  /** Resolves when the listener wants more. */
  print(text: string): Promise<void>;
  exit(code: number | null): void;
};

export function createFakeTerminal(first: TerminalSize): FakeTerminal {
  let listener: ((bytes: Uint8Array) => Promise<void> | void) | undefined;
  let onEnd: ((code: number | null) => void) | undefined;
  let size = first;
  let isClosed = false;
  const typed: string[] = [];
  return {
    typed,
    get size() {
      return size;
    },
    get isClosed() {
      return isClosed;
    },
    write: (text) => void typed.push(text),
    resize: (next) => void (size = next),
    onOutput: (next) => void (listener = next),
    onEnd: (next) => void (onEnd = next),
    close: () => void (isClosed = true),
    async print(text) {
      if (!listener) throw new Error("fake terminal: nobody listens");
      await listener(Buffer.from(text));
    },
    exit: (code) => onEnd?.(code),
  };
}
