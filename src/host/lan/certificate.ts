// The host's own certificate for the local network. Its key stays the same for ever, so that what a
// phone pinned when it was paired stays true when the addresses change.
import { createHash, createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import * as z from "zod/mini";

const Kept = z.object({ key: z.string(), cert: z.string() });
export type Certificate = z.infer<typeof Kept> & { pin: string };

export type CertificateStore = {
  load(): Promise<string | null>;
  save(text: string): Promise<void>;
};

const validYears = 10;
const renewBeforeMs = 30 * 24 * 60 * 60_000;

/** One that names these addresses: the kept one where it does, else a new one for the same key. */
export async function openCertificate(
  store: CertificateStore,
  addresses: readonly string[],
  nowMs: number,
): Promise<Certificate> {
  const kept = Kept.safeParse(parsed(await store.load())).data ?? null;
  if (kept && isGood(kept.cert, addresses, nowMs)) return { ...kept, pin: pinOf(kept.key) };
  const made = await make(kept?.key ?? null, addresses, nowMs);
  await store.save(JSON.stringify(made));
  return { ...made, pin: pinOf(made.key) };
}

function isGood(cert: string, addresses: readonly string[], nowMs: number): boolean {
  const known = new X509Certificate(cert);
  if (known.validToDate.getTime() - renewBeforeMs < nowMs) return false;
  return addresses.every((address) => known.checkIP(address) !== undefined);
}

async function make(key: string | null, addresses: readonly string[], nowMs: number) {
  const { generate } = await import("selfsigned");
  const names = [
    { type: 2 as const, value: "aetheria.local" },
    ...addresses.map((ip) => ({ type: 7 as const, ip })),
  ];
  const from = new Date(nowMs - 24 * 60 * 60_000);
  const made = await generate([{ name: "commonName", value: "Aetheria on this network" }], {
    keyType: "ec",
    algorithm: "sha256",
    notBeforeDate: from,
    notAfterDate: new Date(from.getTime() + validYears * 365 * 24 * 60 * 60_000),
    extensions: [
      { name: "basicConstraints", cA: false },
      { name: "extKeyUsage", serverAuth: true },
      { name: "subjectAltName", altNames: names },
    ],
    ...(key === null ? {} : { keyPair: { privateKey: key, publicKey: publicOf(key) } }),
  });
  return { key: made.private, cert: made.cert };
}

const publicOf = (key: string) =>
  createPublicKey(createPrivateKey(key)).export({ type: "spki", format: "pem" }).toString();

/** RFC 7469: base64 of the SHA-256 of the public key's DER. */
function pinOf(key: string): string {
  const der = createPublicKey(createPrivateKey(key)).export({ type: "spki", format: "der" });
  return `sha256/${createHash("sha256").update(der).digest("base64")}`;
}

function parsed(text: string | null): unknown {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return null;
  }
}
