// Runs named commands side by side, one line each; the output of a failing one is shown in full.
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { delimiter, resolve } from "node:path";

export interface Step {
  name: string;
  command: string[];
}

export interface StepResult {
  name: string;
  isOk: boolean;
  seconds: number;
  output: string;
}

type Say = (line: string) => void;

/** Runs every step even when one fails, so that one round shows everything there is to fix. */
export async function runSteps(steps: Step[], say: Say = console.log): Promise<StepResult[]> {
  const queue = [...steps];
  const results: StepResult[] = [];
  const work = async () => {
    for (let step = queue.shift(); step; step = queue.shift()) {
      const result = await runStep(step);
      results.push(result);
      report(result, say);
    }
  };
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, work));
  return results;
}

export function countFailed(results: StepResult[]): number {
  return results.filter((result) => !result.isOk).length;
}

/** `process.env` with the project's own commands and Node first on the PATH. */
export function projectEnv(): NodeJS.ProcessEnv {
  const bin = resolve("node_modules/.bin");
  return { ...process.env, PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}` };
}

export function secondsSince(startMs: number): number {
  return (performance.now() - startMs) / 1000;
}

function report({ name, isOk, seconds, output }: StepResult, say: Say): void {
  say(`${isOk ? "ok  " : "FAIL"}  ${name.padEnd(24)} ${seconds.toFixed(1)} s`);
  if (!isOk) say(output.trimEnd());
}

function runStep({ name, command: [program = "", ...args] }: Step): Promise<StepResult> {
  const startMs = performance.now();
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      env: projectEnv(),
      shell: process.platform === "win32",
      stdio: ["ignore", "pipe", "pipe"],
    });
    const chunks: Buffer[] = [];
    const finish = (isOk: boolean, more = "") =>
      resolve({
        name,
        isOk,
        seconds: secondsSince(startMs),
        output: Buffer.concat(chunks).toString() + more,
      });
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.once("error", (error) => finish(false, error.message));
    child.once("close", (code) => finish(code === 0));
  });
}
