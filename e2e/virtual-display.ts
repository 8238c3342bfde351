// A screen for tests where none is: an Xvfb on a free display.
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";

export interface Display {
  /** For the environment of programs that open windows. */
  env: Record<string, string>;
  close(): Promise<void>;
}

/** The machine's own display when it has one. */
export async function openDisplay(): Promise<Display> {
  const { DISPLAY, WAYLAND_DISPLAY, XDG_RUNTIME_DIR, XAUTHORITY } = process.env;
  if (process.platform !== "linux" || DISPLAY || WAYLAND_DISPLAY) {
    const known = { DISPLAY, WAYLAND_DISPLAY, XDG_RUNTIME_DIR, XAUTHORITY };
    const env = Object.entries(known).flatMap(([name, value]) => (value ? [[name, value]] : []));
    return { env: Object.fromEntries(env), close: () => Promise.resolve() };
  }
  return openXvfb();
}

async function openXvfb(): Promise<Display> {
  const args = ["-displayfd", "3", "-screen", "0", "1920x1200x24", "-nolisten", "tcp"];
  const server = spawn("Xvfb", args, { stdio: ["ignore", "ignore", "ignore", "pipe"] });
  const failed = once(server, "error").then(([error]) => {
    throw new Error("Xvfb does not start: run `npm run provision`.", { cause: error });
  });
  const said = once(server.stdio[3] as Readable, "data").then(([chunk]) => String(chunk).trim());
  const number = await Promise.race([said, failed]);
  return {
    env: { DISPLAY: `:${number}` },
    async close() {
      const ended = once(server, "exit");
      server.kill();
      await ended;
    },
  };
}
