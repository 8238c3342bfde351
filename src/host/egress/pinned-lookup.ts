// Resolves a name once for the socket being made, checks every address it has, and hands the socket
// those very addresses: there is no second resolution that could answer otherwise.
import { lookup as systemLookup } from "node:dns/promises";
import type { LookupFunction } from "node:net";
import { AetheriaError } from "../../contract/errors.ts";
import { isLoopbackHost } from "../../core/permission/hosts.ts";
import { isAddress, kindOfAddress, type AddressKind } from "./address.ts";
import type { Permit } from "./permit.ts";

export type ResolvedAddress = { address: string; family: number };

/** All addresses of a name. Rejects with Node's DNS errors. */
export type Lookup = (host: string) => Promise<ResolvedAddress[]>;

export const lookupBySystem: Lookup = (host) =>
  systemLookup(host, { all: true, order: "verbatim" });

export function pinnedLookup(
  lookup: Lookup,
  permit: Permit,
  onPinned: (host: string, address: string, all: readonly ResolvedAddress[]) => void,
): LookupFunction {
  return (hostname, options, done) => {
    const host = hostname.toLowerCase().replace(/\.$/, "");
    const found = isLoopbackHost(host) ? Promise.resolve(ownAddresses) : lookup(host);
    found
      .then((all) => {
        const wanted = all.filter((one) => !options.family || familyOf(options) === one.family);
        const addresses = checkAddresses(host, wanted.length > 0 ? wanted : all, permit);
        const [first] = addresses;
        if (first === undefined) throw nothingFound(host);
        onPinned(host, first.address, addresses);
        if (options.all) done(null, addresses);
        else done(null, first.address, first.family);
      })
      .catch((error: unknown) => done(asErrno(error), "", 0));
  };
}

/** Throws host_blocked when any of them is a place this request may not reach. */
export function checkAddresses(
  host: string,
  addresses: ResolvedAddress[],
  permit: Permit,
): ResolvedAddress[] {
  for (const { address } of addresses) {
    const kind = kindOfAddress(address);
    if (!isPermitted(kind, permit)) throw blockedProblem(host, address, kind);
  }
  return addresses;
}

/** For a host written as an address, which a socket takes without looking it up. */
export function checkLiteral(host: string, permit: Permit): string | null {
  if (!isAddress(host)) return null;
  const address = host.replace(/^\[|\]$/g, "");
  checkAddresses(host, [{ address, family: 0 }], permit);
  return address;
}

/** `localhost` is this machine by definition (RFC 6761), whatever a name server says. */
const ownAddresses: ResolvedAddress[] = [
  { address: "127.0.0.1", family: 4 },
  { address: "::1", family: 6 },
];

function isPermitted(kind: AddressKind, permit: Permit): boolean {
  if (kind === "public") return permit.public;
  if (kind === "loopback") return permit.loopback;
  if (kind === "private" || kind === "link_local") return permit.private;
  return false;
}

const places: Record<AddressKind, string> = {
  public: "an address on the internet",
  loopback: "this machine itself",
  private: "a private network",
  link_local: "a link-local address",
  metadata: "a cloud machine's credential service",
  reserved: "a reserved address",
};

function blockedProblem(host: string, address: string, kind: AddressKind): AetheriaError {
  const shown = host.replace(/^\[|\]$/g, "") === address ? host : `${host} (${address})`;
  const canBeListed = kind === "loopback" || kind === "private" || kind === "link_local";
  return new AetheriaError("host_blocked", `${shown} is ${places[kind]}, which is not allowed.`, {
    ...(canBeListed
      ? { hint: `To allow it, add ${host} to the private hosts in Settings › Permission.` }
      : {}),
  });
}

function nothingFound(host: string): Error {
  return Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: "ENOTFOUND" });
}

function familyOf(options: { family?: number | "IPv4" | "IPv6" | undefined }): number {
  if (options.family === "IPv4") return 4;
  return options.family === "IPv6" ? 6 : (options.family ?? 0);
}

function asErrno(error: unknown): NodeJS.ErrnoException {
  return error instanceof Error ? error : new Error(String(error));
}
