// Makes the host known on the network (mDNS, RFC 6762 and DNS-SD, RFC 6763) as `_aetheria._tcp`, so
// that an app on a phone finds it. Tells where it is and what to pin, and no name of the person's.
import type { MulticastDNS } from "multicast-dns";

export const serviceType = "_aetheria._tcp.local";
const instance = `Aetheria.${serviceType}`;
const target = "aetheria.local";
const ttl = 120;

export type Announcement = { address: string; port: number; pin: string };

/** Until the returned function is called; then it says goodbye. */
export async function announce(
  { address, port, pin }: Announcement,
  onTrouble: (error: Error) => void,
): Promise<() => Promise<void>> {
  const { default: multicastDns } = await import("multicast-dns");
  const service: MulticastDNS = multicastDns({ interface: address, bind: "0.0.0.0" });
  const records = (ttl: number) => [
    { name: serviceType, type: "PTR" as const, ttl, data: instance },
    { name: instance, type: "SRV" as const, ttl, data: { port, target, priority: 0, weight: 0 } },
    { name: instance, type: "TXT" as const, ttl, data: ["v=1", `pin=${pin}`] },
    { name: target, type: "A" as const, ttl, data: address },
  ];
  service.on("error", onTrouble);
  service.on("warning", onTrouble);
  service.on("query", ({ questions }) => {
    const names = [serviceType, instance, target].map((name) => name.toLowerCase());
    if (questions.some(({ name }) => names.includes(name.toLowerCase())))
      service.respond({ answers: records(ttl) });
  });
  service.respond({ answers: records(ttl) });
  return () =>
    new Promise((resolve) =>
      service.respond({ answers: records(0) }, () => service.destroy(() => resolve())),
    );
}
