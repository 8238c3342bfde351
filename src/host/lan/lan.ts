// The door for phones on the same network: TLS with the host's own certificate, one listener for each
// address of a private network, nothing on any other. A device comes in by a code once, then by its
// token, and may call what a companion needs; revoking it closes its lines.
import { companionCalls, type Push } from "../../contract/calls.ts";
import { AetheriaError, type ErrorData } from "../../contract/errors.ts";
import type { DeviceId } from "../../contract/ids.ts";
import type { LanStatus, Pairing } from "../../contract/lan.ts";
import type { Channel } from "../../rpc/channel.ts";
import type { Handlers } from "../../rpc/server.ts";
import { announce } from "./announce.ts";
import { openCertificate, type Certificate } from "./certificate.ts";
import { lanAddresses } from "./lan-addresses.ts";
import { openLanDevices, type LanDevices } from "./lan-devices.ts";

export type LanGuest = {
  deviceId?: DeviceId;
  mayCall?(name: keyof Handlers): boolean;
  welcome?: unknown;
};

/** What the gateway room's `startGateway` does, as far as this room needs it. */
export type StartDoor = (options: {
  hostname: string;
  port: number;
  tls: { key: string; cert: string };
  legacyNames: false;
  checkIn(shown: Readonly<Record<string, unknown>>): Promise<LanGuest>;
  connect(channel: Channel, client?: { isHere: boolean } & LanGuest): unknown;
}) => Promise<{ port: number; close(): Promise<void> }>;

export type LanParts = {
  secrets: {
    get(name: string): Promise<string | null>;
    set(name: string, value: string): Promise<void>;
  };
  startDoor: StartDoor;
  connect(channel: Channel, client?: { isHere: boolean } & LanGuest): unknown;
  broadcast(push: Push): void;
  now(): number;
  newId(): string;
  log(line: string): void;
  /** For tests: this machine's addresses. */
  addresses?(): string[];
};

type Open = {
  addresses: string[];
  certificate: Certificate;
  port: number;
  close(): Promise<void>;
};

export type Lan = ReturnType<typeof createLan>;

const usualPort = 4518;
const portsTried = 20;
/** Nothing tells when the machine's addresses change. */
const lookAgainMs = 30_000;

export function createLan(parts: LanParts) {
  const { secrets, broadcast } = parts;
  const addressesNow = parts.addresses ?? (() => lanAddresses());
  const lines = new Map<DeviceId, Set<Channel>>();
  let devices: Promise<LanDevices> | null = null;
  let wanted = false;
  let open: Open | null = null;
  let problem: ErrorData | null = null;
  /** One change after the other. */
  let last: Promise<void> = Promise.resolve();
  let looking: NodeJS.Timeout | null = null;

  const known = () =>
    (devices ??= openLanDevices({
      load: () => secrets.get("lan.devices"),
      save: (text) => secrets.set("lan.devices", text),
      now: parts.now,
      newId: parts.newId,
    }));

  async function checkIn(shown: Readonly<Record<string, unknown>>): Promise<LanGuest> {
    const mayCall = (name: keyof Handlers) => companionCalls.includes(name);
    const list = await known();
    const { code, token, name } = shown;
    if (typeof code === "string") {
      const welcome = await list.pair(code, typeof name === "string" ? name : "");
      return { deviceId: welcome.deviceId, mayCall, welcome };
    }
    return { deviceId: await list.admit(typeof token === "string" ? token : ""), mayCall };
  }

  function connect(channel: Channel, client?: { isHere: boolean } & LanGuest): unknown {
    const deviceId = client?.deviceId;
    const connection = parts.connect(channel, client);
    if (deviceId === undefined) return connection;
    const open = lines.get(deviceId) ?? new Set();
    lines.set(deviceId, open.add(channel));
    channel.onClose(() => {
      open.delete(channel);
      tell();
    });
    tell();
    return connection;
  }

  async function openDoors(addresses: string[]): Promise<Open> {
    const certificate = await openCertificate(
      {
        load: () => secrets.get("lan.certificate"),
        save: (text) => secrets.set("lan.certificate", text),
      },
      addresses,
      parts.now(),
    );
    const { key, cert } = certificate;
    const closings: (() => Promise<void>)[] = [];
    const close = async () => void (await Promise.all(closings.map((end) => end())));
    const door = { tls: { key, cert }, legacyNames: false as const, checkIn, connect };
    try {
      let port = 0;
      for (const hostname of addresses) {
        const opened = await onFreePort(port, (port) =>
          parts.startDoor({ ...door, hostname, port }),
        );
        closings.push(opened.close);
        port = opened.port;
        const trouble = (error: Error) => parts.log(`mDNS on ${hostname}: ${error.message}`);
        await announce({ address: hostname, port, pin: certificate.pin }, trouble).then(
          (goodbye) => closings.push(goodbye),
          trouble,
        );
      }
      return { addresses, certificate, port, close };
    } catch (error) {
      await close();
      throw error;
    }
  }

  /** Brings what is open to what is wanted, and to the addresses as they are. */
  function settle(): Promise<void> {
    last = last.then(async () => {
      const addresses = wanted ? addressesNow() : [];
      if (open && addresses.join() === open.addresses.join()) return;
      await open?.close();
      open = null;
      problem = null;
      if (wanted && addresses.length === 0) problem = noNetwork().toData();
      try {
        if (addresses.length > 0) open = await openDoors(addresses);
      } catch (error) {
        problem = AetheriaError.toData(error);
      }
      tell();
    });
    return last;
  }

  async function status(): Promise<LanStatus> {
    const list = (await known()).list();
    return {
      on: wanted,
      urls: open ? urlsOf(open) : [],
      pin: open?.certificate.pin ?? null,
      error: problem,
      devices: list.map(({ tokenHash: _hash, ...device }) => ({
        ...device,
        connected: (lines.get(device.deviceId)?.size ?? 0) > 0,
      })),
    };
  }

  const tell = () =>
    void status().then(
      (status) => broadcast({ type: "lan.changed", status }),
      (error: unknown) => parts.log(`lan: ${String(error)}`),
    );

  return {
    status,
    /** Resolves when the doors are open or closed; what goes wrong is in the status. */
    set(on: boolean): Promise<void> {
      wanted = on;
      if (looking) clearInterval(looking);
      looking = on ? setInterval(() => void settle(), lookAgainMs).unref() : null;
      return settle();
    },
    /** The machine slept: it may be on another network. */
    lookAgain: () => void settle(),
    async pair(): Promise<Pairing> {
      await last;
      const [url] = open ? urlsOf(open) : [];
      if (!open || url === undefined) throw problem ? AetheriaError.fromData(problem) : isOff();
      const { code, expiresAt } = (await known()).newCode();
      const link = `${url}#${new URLSearchParams({ pair: code, pin: open.certificate.pin })}`;
      return { link, code, expiresAt };
    },
    async revoke(deviceId: DeviceId): Promise<void> {
      await (await known()).revoke(deviceId);
      for (const line of lines.get(deviceId) ?? []) line.close();
      tell();
    },
    async close(): Promise<void> {
      wanted = false;
      if (looking) clearInterval(looking);
      await settle();
    },
  };
}

const urlsOf = ({ addresses, port }: Open) =>
  addresses.map((address) => `https://${address}:${port}/companion/`);

async function onFreePort<Opened>(
  first: number,
  open: (port: number) => Promise<Opened>,
): Promise<Opened> {
  const start = first || usualPort;
  for (let port = start; port < start + portsTried; port += 1) {
    try {
      return await open(port);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EADDRINUSE")) throw error;
    }
  }
  return open(0);
}

const noNetwork = () =>
  new AetheriaError("offline", "This machine is in no local network at the moment.", {
    hint: "Join the same Wi-Fi as the phone; the door opens by itself.",
    retryable: true,
  });
const isOff = () =>
  new AetheriaError("refused", "Phones on this network may not connect.", {
    hint: "Switch on “Phones on this network” in Connections first.",
  });
