// Runs ripgrep and hands out its lines. The child is gone when the loop over the lines ends, be it
// by the last line, an early break or an abort.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { AetheriaError } from "../../../contract/errors.ts";

/** Settings of the person's own ripgrep stay out; unreadable files are passed over. */
const alwaysArgs = ["--no-config", "--no-messages", "--no-require-git", "--color=never"];
const maxComplaint = 2_000;

export async function* ripgrep(
  args: readonly string[],
  cwd: string,
  signal: AbortSignal,
): AsyncGenerator<string, void, void> {
  signal.throwIfAborted();
  const child = spawn(await ripgrepPath(), [...alwaysArgs, ...args], {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
    windowsHide: true,
  });
  const stop = () => child.kill("SIGKILL");
  signal.addEventListener("abort", stop, { once: true });
  const complaint = collect(child);
  const closed = endOf(child);
  try {
    for await (const line of createInterface({ input: child.stdout, crlfDelay: Infinity })) {
      signal.throwIfAborted();
      yield line;
    }
    const code = await closed;
    signal.throwIfAborted();
    if (code === "not started") throw missing();
    if (code === 2 && complaint.text !== "") throw badSearch(complaint.text);
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
    await closed;
  }
}

/** Resolved when first needed: the package looks for the binary as it is imported. */
async function ripgrepPath(): Promise<string> {
  try {
    const { rgPath } = await import("@vscode/ripgrep");
    // In a packaged app binaries lie beside the archive, not in it.
    return rgPath.replace(/\bapp\.asar\b(?!\.unpacked)/, "app.asar.unpacked");
  } catch (cause) {
    throw missing(cause);
  }
}

async function endOf(child: ChildProcess): Promise<number | null | "not started"> {
  try {
    await once(child, "close");
  } catch (_couldNotStart) {
    return "not started";
  }
  return child.exitCode;
}

function collect(child: ChildProcess): { text: string } {
  const complaint = { text: "" };
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    if (complaint.text.length < maxComplaint) complaint.text += text;
  });
  return complaint;
}

function missing(cause?: unknown): AetheriaError {
  return new AetheriaError("part_missing", "The search program ripgrep could not be started.", {
    hint: "Install Aetheria again, with its optional packages.",
    cause,
  });
}

function badSearch(complaint: string): AetheriaError {
  const what = complaint.replace(/^rg: /, "").trim();
  return new AetheriaError("bad_input", `The search was not understood: ${what}`, {
    hint: "Check the pattern, or search for it as plain text.",
  });
}
