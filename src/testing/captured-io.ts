// The surroundings of a command, captured: what it wrote, what is typed at it, its Ctrl-C.
import { PassThrough, Readable } from "node:stream";
import type { Io } from "../cli/io.ts";

export interface CapturedIo {
  io: Io;
  out(): string;
  err(): string;
  /** stdout as JSON lines; throws when one does not parse. */
  lines(): Record<string, unknown>[];
  /** Resolves once stderr (or stdout) has shown this. */
  shown(text: string): Promise<void>;
  type(line: string): void;
  interrupt(): void;
  exits: number[];
}

type Setting = { tty?: boolean; stdin?: string; env?: Io["env"]; cwd?: string };

export function captureIo({ tty = false, stdin, env = {}, cwd = "/" }: Setting = {}): CapturedIo {
  const stdout = Object.assign(new PassThrough(), { isTTY: tty });
  const stderr = Object.assign(new PassThrough(), { isTTY: tty });
  const keyboard = Object.assign(new PassThrough(), { isTTY: true });
  const written = { out: "", err: "" };
  let watchers: (() => void)[] = [];
  const keep = (which: "out" | "err") => (piece: Buffer) => {
    written[which] += piece.toString();
    for (const watcher of watchers) watcher();
  };
  stdout.on("data", keep("out"));
  stderr.on("data", keep("err"));
  const interrupts = new Set<() => void>();
  const exits: number[] = [];
  return {
    io: {
      stdout,
      stderr,
      stdin: tty ? keyboard : Readable.from(stdin === undefined ? [] : [stdin]),
      env,
      cwd,
      onInterrupt(listener) {
        interrupts.add(listener);
        return () => interrupts.delete(listener);
      },
      exit: (code) => void exits.push(code),
    },
    out: () => written.out,
    err: () => written.err,
    lines: () =>
      written.out
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line)),
    shown: (text) =>
      new Promise((resolve) => {
        const look = () => {
          if (!written.err.includes(text) && !written.out.includes(text)) return;
          watchers = watchers.filter((watcher) => watcher !== look);
          resolve();
        };
        watchers.push(look);
        look();
      }),
    type: (line) => void keyboard.write(`${line}\n`),
    interrupt: () => {
      for (const listener of [...interrupts]) listener();
    },
    exits,
  };
}
