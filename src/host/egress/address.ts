// What kind of place an IP address is. Addresses that carry another one inside (IPv4-mapped, NAT64)
// are judged by the one inside; tunnels and anything without a known public meaning are `reserved`.
import ipaddr from "ipaddr.js";

export type AddressKind =
  "public" | "loopback" | "private" | "link_local" | "metadata" | "reserved";

/** Cloud machines hand out their credentials here; nothing of ours ever has business there. */
const metadataAddresses: ReadonlySet<string> = new Set([
  "169.254.169.254",
  "169.254.170.2",
  "100.100.100.200",
  "fd00:ec2::254",
]);

export function kindOfAddress(text: string): AddressKind {
  const bare = text.replace(/^\[|\]$/g, "").replace(/%.*$/, "");
  // Only the dotted four: `ipaddr` would also read octal and hexadecimal spellings.
  if (ipaddr.IPv4.isValidFourPartDecimal(bare)) return kindOfV4(ipaddr.IPv4.parse(bare));
  if (ipaddr.IPv6.isValid(bare)) return kindOfV6(ipaddr.IPv6.parse(bare));
  return "reserved";
}

/** True when the text is an address and not a name. */
export function isAddress(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, "");
  return ipaddr.IPv4.isValidFourPartDecimal(bare) || ipaddr.IPv6.isValid(bare);
}

function kindOfV4(address: ipaddr.IPv4): AddressKind {
  if (metadataAddresses.has(address.toString())) return "metadata";
  // Connecting to 0.0.0.0 reaches this machine.
  if (address.toString() === "0.0.0.0") return "loopback";
  switch (address.range()) {
    case "unicast":
      return "public";
    case "loopback":
      return "loopback";
    case "private":
    case "carrierGradeNat":
      return "private";
    case "linkLocal":
      return "link_local";
    default:
      return "reserved";
  }
}

const globalUnicast: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse("2000::"), 3];
const nat64: [ipaddr.IPv6, number][] = [[ipaddr.IPv6.parse("64:ff9b::"), 96]];

function kindOfV6(address: ipaddr.IPv6): AddressKind {
  if (metadataAddresses.has(address.toString())) return "metadata";
  if (address.isIPv4MappedAddress()) return kindOfV4(address.toIPv4Address());
  if (nat64.some((range) => address.match(range))) return kindOfV4(embeddedV4(address));
  switch (address.range()) {
    case "unspecified":
    case "loopback":
      return "loopback";
    case "uniqueLocal":
      return "private";
    case "linkLocal":
      return "link_local";
    case "unicast":
      return address.match(globalUnicast) && !isIsatap(address) ? "public" : "reserved";
    default:
      return "reserved";
  }
}

/** The last 32 bits (RFC 6052, prefix length 96). */
function embeddedV4(address: ipaddr.IPv6): ipaddr.IPv4 {
  return new ipaddr.IPv4(address.toByteArray().slice(12));
}

/** An IPv4 address tunnelled in the interface id (RFC 5214). */
function isIsatap(address: ipaddr.IPv6): boolean {
  const [third, fourth] = [address.parts[4] ?? 0, address.parts[5] ?? 0];
  return (third & 0xfdff) === 0 && fourth === 0x5efe;
}
