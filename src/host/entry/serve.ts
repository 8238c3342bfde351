// A host with a door: joins createHost and the gateway, and leaves word in the data folder where it
// answers. Heavy parts load when they are first needed, so that it answers soon.
import { AetheriaError, type ErrorData } from "../../contract/errors.ts";
import type { Environment } from "./environment.ts";
import { removeHostFile, writeHostFile } from "./host-file.ts";
import { openHost } from "./open-host.ts";
import { findCompanion, findPage } from "./page.ts";
import { openToken } from "./token-file.ts";
import { version } from "./version.ts";

export const usualPort = 4517;
/** How many ports after the usual one are tried before any free one is taken. */
const nearbyPorts = 20;
const loopback = "127.0.0.1";

export interface ServeOptions {
  dataDir: string;
  env: Environment;
  /** Given: this one or none. Absent: the usual one, else the next free one. 0: any free one. */
  port?: number;
  hostname?: string;
}

export interface RunningServe {
  url: string;
  token: string;
  port: number;
  pid: number;
  notices: readonly ErrorData[];
  /** Rejects when a restart (after a restore or a deletion) cannot open it again. */
  failed: Promise<never>;
  /** Closes the door, lets the host finish its writes, and removes the word left behind. */
  close(): Promise<void>;
}

/** Throws data_folder_in_use, naming who runs there. */
export type StartServe = (options: ServeOptions) => Promise<RunningServe>;

export const startServe: StartServe = async (options) => {
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);
  let open = await openBoth(options, restart);
  const { token, port } = open;
  /** One step after the other: a restart and the end may come at the same time. */
  let last: Promise<void> = Promise.resolve();
  let closed = false;

  /** On the same port, with the same token: clients connect again by themselves. */
  function restart(): void {
    last = last.then(async () => {
      if (closed) return;
      await open.close();
      open = await openBoth({ ...options, port }, restart);
    });
    last.catch(failed.reject);
  }

  const { pid } = process;
  const url = reachableUrl(open.url, options.hostname ?? loopback);
  await writeHostFile(options.dataDir, { url, token, pid }).catch(async (error: unknown) => {
    await open.close();
    throw error;
  });
  const close = async () => {
    closed = true;
    await last.catch(() => undefined);
    await open.close();
    removeHostFile(options.dataDir, pid);
  };
  return { url, token, port, pid, notices: open.notices, failed: failed.promise, close };
};

/** The host and its door, which end together. */
async function openBoth(
  { dataDir, env, port, hostname = loopback }: ServeOptions,
  restart: () => void,
) {
  const host = await openHost(dataDir, env, { restart });
  try {
    const [{ startGateway }, { byToken }, token] = await Promise.all([
      import("../gateway/gateway.ts"),
      import("../gateway/admission.ts"),
      openToken(dataDir),
    ]);
    const checkIn = byToken(token);
    const built = { staticDir: findPage(), companionDir: findCompanion() };
    const door = { connect: host.connect, hostname, checkIn, ...built, version };
    const gateway = await openOnFreePort(
      (candidate) => startGateway({ ...door, port: candidate }),
      port,
    );
    const close = async () => {
      await gateway.close();
      await host.close();
    };
    return { url: gateway.url, port: gateway.port, token, notices: host.notices, close };
  } catch (error) {
    await host.close();
    throw error;
  }
}

/** Asks for each port in turn until one is free. */
export async function openOnFreePort<Opened>(
  open: (port: number) => Promise<Opened>,
  wanted: number | undefined,
): Promise<Opened> {
  if (wanted !== undefined) return openNamedPort(open, wanted);
  for (let port = usualPort; port < usualPort + nearbyPorts; port++) {
    try {
      return await open(port);
    } catch (error) {
      if (!isPortTaken(error)) throw error;
    }
  }
  return open(0);
}

async function openNamedPort<Opened>(
  open: (port: number) => Promise<Opened>,
  port: number,
): Promise<Opened> {
  try {
    return await open(port);
  } catch (error) {
    if (isPortTaken(error))
      throw new AetheriaError("conflict", `Port ${port} is already used by another program.`, {
        hint: "Choose another one with --port N, or leave --port out to take the next free one.",
        cause: error,
      });
    throw error;
  }
}

function isPortTaken(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("code" in error && error.code === "EADDRINUSE") return true;
  return isPortTaken(error.cause);
}

/** An address a browser on this machine can open: “every interface” is none. */
function reachableUrl(url: string, hostname: string): string {
  if (hostname !== "0.0.0.0" && hostname !== "::") return url;
  const reachable = new URL(url);
  reachable.hostname = "127.0.0.1";
  return reachable.origin;
}

export const isLoopback = (hostname: string): boolean =>
  hostname === "localhost" || hostname === "::1" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
