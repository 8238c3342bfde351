// An address as the person should read it: the host apart from the rest, how safe the way there is,
// and whether the name could be taken for another. Pure.

export type AddressSafety =
  /** Encrypted, and the host proved its name. */
  | "secure"
  | "plain"
  /** On this machine. */
  | "local"
  /** No page of the web: empty, a blank page, data. */
  | "none";

export interface AddressShown {
  before: string;
  host: string;
  after: string;
  safety: AddressSafety;
  /** Letters of other alphabets in the name: it can look like one that it is not. */
  isLookAlike: boolean;
}

const loopback = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;

export function addressShown(address: string): AddressShown {
  const url = URL.parse(address);
  if (!url || (url.protocol !== "https:" && url.protocol !== "http:"))
    return { before: "", host: "", after: address, safety: "none", isLookAlike: false };
  const { hostname, host, protocol, pathname, search, hash } = url;
  const rest = `${pathname}${search}${hash}`;
  return {
    before: protocol === "https:" ? "" : `${protocol}//`,
    host,
    after: rest === "/" ? "" : rest,
    safety: loopback.test(hostname) ? "local" : protocol === "https:" ? "secure" : "plain",
    isLookAlike: hostname.split(".").some((label) => label.startsWith("xn--")),
  };
}

/** `sales.example.com`; empty where there is no host. */
export const hostOf = (address: string): string => addressShown(address).host;

const scheme = /^[a-z][a-z0-9+.-]*:/i;
const portAfterName = /^[^/\s]+:\d+(?:[/?#]|$)/;

/** What a person typed, as an address; null: that is none. Words are not searched for: they would
 * leave this machine with every slip of the hand. */
export function typedAddress(typed: string): string | null {
  const text = typed.trim();
  if (text === "" || /\s/.test(text)) return null;
  if (scheme.test(text) && !portAfterName.test(text)) return URL.canParse(text) ? text : null;
  const name = text.split(/[/?#]/, 1)[0] ?? "";
  const bare = name.replace(/:\d+$/, "");
  const isLocal = loopback.test(bare) || /^\d+(?:\.\d+){3}$/.test(bare);
  if (!isLocal && !bare.includes(".")) return null;
  const whole = `${isLocal ? "http" : "https"}://${text}`;
  return URL.canParse(whole) ? whole : null;
}
