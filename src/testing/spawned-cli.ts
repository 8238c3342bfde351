// The real `aetheria` program, as its own process, on a data folder and a home of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const source = fileURLToPath(new URL("../cli/main.ts", import.meta.url));

export interface SpawnedCli {
  child: ChildProcess;
  out(): string;
  err(): string;
  /** stdout as JSON values; throws when a line is none. */
  lines(): Record<string, unknown>[];
  /** Resolves with everything so far once stdout has this; rejects when it ended without. */
  said(text: string): Promise<string>;
  ended: Promise<number | null>;
}

type Place = {
  home: string;
  cwd?: string;
  env?: Record<string, string>;
  stdin?: string;
  /** The one that was built; without it, the sources as they are. */
  program?: string;
};

/** The environment holds nothing of the machine's own but PATH: no keys, no models, no display. */
export function spawnCli(
  args: string[],
  { home, cwd = home, env, stdin, program = source }: Place,
): SpawnedCli {
  const child = spawn(process.execPath, [program, ...args], {
    cwd,
    env: {
      PATH: process.env["PATH"],
      HOME: home,
      XDG_DATA_HOME: home,
      OLLAMA_HOST: "http://127.0.0.1:1",
      ...env,
    },
    stdio: [stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  child.stdin?.end(stdin);
  const texts = { out: "", err: "" };
  child.stdout?.setEncoding("utf8").on("data", (piece: string) => (texts.out += piece));
  child.stderr?.setEncoding("utf8").on("data", (piece: string) => (texts.err += piece));
  const ended = once(child, "close").then(([code]: (number | null)[]) => code ?? null);
  return {
    child,
    ended,
    out: () => texts.out,
    err: () => texts.err,
    lines: () =>
      texts.out
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line)),
    said: (text) =>
      new Promise((resolve, reject) => {
        const look = () => texts.out.includes(text) && resolve(texts.out);
        child.stdout?.on("data", look);
        void ended.then((code) =>
          reject(new Error(`Ended with ${code} without “${text}”: ${texts.out}${texts.err}`)),
        );
        look();
      }),
  };
}
