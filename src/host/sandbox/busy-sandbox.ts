// A sandbox that knows whether it is in use, so that one nobody uses can be stopped.
import type { Sandbox, Terminal } from "../../core/sandbox-ports.ts";

export type BusySandbox = {
  sandbox: Sandbox;
  /** A run, a started program or an open terminal. */
  isBusy(): boolean;
};

/** `used` is called at each use, and when one is over. */
export function watchUse(inner: Sandbox, used: () => void): BusySandbox {
  let inUse = 0;
  const begin = () => {
    inUse += 1;
    used();
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      inUse -= 1;
      used();
    };
  };

  const sandbox: Sandbox = {
    tier: inner.tier,
    async *run(request, signal) {
      const end = begin();
      try {
        return yield* inner.run(request, signal);
      } finally {
        end();
      }
    },
    async start(command, options) {
      used();
      const process = await inner.start(command, options);
      used();
      return process;
    },
    processes: () => inner.processes(),
    output: (processId, from) => inner.output(processId, from),
    write(processId, text, end) {
      used();
      return inner.write(processId, text, end);
    },
    async stopProcess(processId) {
      const process = await inner.stopProcess(processId);
      used();
      return process;
    },
    async reset(language) {
      used();
      await inner.reset(language);
    },
    async openTerminal(size) {
      const end = begin();
      try {
        return endingTerminal(await inner.openTerminal(size), end);
      } catch (error) {
        end();
        throw error;
      }
    },
    usage: () => inner.usage(),
    onLost: (listener) => inner.onLost(listener),
    close: () => inner.close(),
  };
  return {
    sandbox,
    isBusy: () => inUse > 0 || inner.processes().some(({ running }) => running),
  };
}

function endingTerminal(inner: Terminal, end: () => void): Terminal {
  inner.onEnd(end);
  return {
    write: (text) => inner.write(text),
    resize: (size) => inner.resize(size),
    onOutput: (listener) => inner.onOutput(listener),
    onEnd: (listener) =>
      inner.onEnd((exitCode) => {
        end();
        listener(exitCode);
      }),
    close() {
      end();
      inner.close();
    },
  };
}
