// A shell on the person's own machine. For the person only: whoever calls this has made sure of it.
import { homedir } from "node:os";
import { stat } from "node:fs/promises";
import { AetheriaError } from "../../contract/errors.ts";
import type { Terminal, TerminalSize } from "../../core/sandbox-ports.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** How long a shell may take to end by itself. */
const goodbyeMs = 2_000;

/** Throws part_missing when this system has no pseudoterminals for us. `folder` is where it starts;
 * null, or one that is gone: the home folder. */
export async function openMachineTerminal(
  size: TerminalSize,
  folder: string | null,
  env: Environment,
): Promise<Terminal> {
  const pty = await import("@lydell/node-pty").catch((cause: unknown) => {
    throw new AetheriaError("part_missing", "A terminal cannot be opened on this system.", {
      hint: "Open the terminal of your system instead.",
      cause,
    });
  });
  const isThere = folder !== null && (await stat(folder).catch(() => null))?.isDirectory();
  const { file, args } = shellOf(env, process.platform);
  const shell = pty.spawn(file, args, {
    ...size,
    name: "xterm-256color",
    cwd: isThere && folder !== null ? folder : homedir(),
    env: environmentOf(env),
    encoding: null,
  });
  let ended = false;
  shell.onExit(() => (ended = true));

  return {
    write: (text) => {
      if (!ended) shell.write(text);
    },
    resize: ({ cols, rows }) => {
      if (!ended) shell.resize(cols, rows);
    },
    onOutput(listener) {
      shell.onData((piece: string | Uint8Array) => {
        const taken = listener(typeof piece === "string" ? Buffer.from(piece) : piece);
        if (!taken) return;
        shell.pause();
        void taken.finally(() => {
          if (!ended) shell.resume();
        });
      });
    },
    onEnd: (listener) =>
      void shell.onExit(({ exitCode, signal }) => listener(signal ? null : exitCode)),
    close() {
      if (ended) return;
      // A shell that is held back would not notice.
      shell.resume();
      shell.kill();
      const overdue = setTimeout(() => {
        if (!ended && process.platform !== "win32") shell.kill("SIGKILL");
      }, goodbyeMs);
      shell.onExit(() => clearTimeout(overdue));
      overdue.unref();
    },
  };
}

export function shellOf(
  env: Environment,
  platform: NodeJS.Platform,
): { file: string; args: string[] } {
  if (platform === "win32") return { file: "powershell.exe", args: [] };
  const named = env["SHELL"];
  const file = named !== undefined && named.startsWith("/") ? named : "/bin/sh";
  // As terminals of macOS do: its paths come from the files of a login shell.
  return { file, args: platform === "darwin" ? ["-l"] : [] };
}

/** What Electron and the host were started with is not the shell's business. */
const ours = /^(?:ELECTRON_|CHROME_|NODE_OPTIONS$|AETHERIA_)/;

function environmentOf(env: Environment): Record<string, string> {
  const kept = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !ours.test(entry[0]),
  );
  return { ...Object.fromEntries(kept), TERM: "xterm-256color", COLORTERM: "truecolor" };
}
