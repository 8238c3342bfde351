// What a command sees of the process it runs in. Tests hand in their own; nothing else of the
// command line touches `process`.
import type { Readable, Writable } from "node:stream";

export type OutStream = Writable & { isTTY?: boolean; columns?: number };
export type InStream = Readable & { isTTY?: boolean };
export type Environment = Record<string, string | undefined>;

export interface Io {
  stdout: OutStream;
  stderr: OutStream;
  stdin: InStream;
  env: Environment;
  cwd: string;
  /** Calls the listener at Ctrl-C and when asked to end; returns the way to stop listening. While
   * nobody listens, such a signal ends the process as usual. */
  onInterrupt(listener: () => void): () => void;
  /** Ends at once, without tidying up: the second Ctrl-C. */
  exit(code: number): void;
}

const interrupts = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export function processIo(): Io {
  // A reader that went away (`| head`) is not an error of ours.
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") process.exit(0);
      throw error;
    });
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    env: process.env,
    cwd: process.cwd(),
    onInterrupt(listener) {
      for (const signal of interrupts) process.on(signal, listener);
      return () => {
        for (const signal of interrupts) process.off(signal, listener);
      };
    },
    exit: (code) => process.exit(code),
  };
}
