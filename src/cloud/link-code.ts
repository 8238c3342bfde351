// What one device hands another by a picture on its screen: the link code as the fragment of the
// companion's address. A fragment is never sent to a server.
import { AetheriaError } from "../contract/errors.ts";
import { LinkCode, mirrorProtocol } from "../contract/mirror.ts";
import { fromBase64url, toBase64url } from "./base64url.ts";
import { parseJson } from "./parse-json.ts";
import { utf8 } from "./sealing.ts";

const mark = "link=";

/** `companion`: where the companion is served, such as `https://aetheria.example/companion/`. */
export function linkAddress(companion: string, code: LinkCode): string {
  const address = new URL(companion);
  address.hash = mark + toBase64url(utf8(JSON.stringify(code)));
  return address.href;
}

/** `fragment`: `location.hash`, or the whole address. null: no link code in it; throws `bad_input`
 * when there is one that cannot be used. */
export function readLinkCode(fragment: string): LinkCode | null {
  const text = fragment.slice(fragment.indexOf("#") + 1);
  if (!text.startsWith(mark)) return null;
  const value = decoded(text.slice(mark.length));
  if (isOfOtherProtocol(value)) throw otherProtocol();
  const code = LinkCode.safeParse(value);
  if (!code.success || !isWebAddress(code.data.url)) throw unreadable();
  return code.data;
}

function decoded(encoded: string): unknown {
  const bytes = fromBase64url(encoded);
  return bytes === null ? undefined : parseJson(new TextDecoder().decode(bytes));
}

const isOfOtherProtocol = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  "v" in value &&
  typeof value.v === "number" &&
  value.v !== mirrorProtocol;

const isWebAddress = (url: string): boolean =>
  URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);

const unreadable = (): AetheriaError =>
  new AetheriaError("bad_input", "That link code is damaged or was cut off.", {
    hint: "Show the code again in Connections → Mirror → Link a device, and scan the whole picture.",
  });

const otherProtocol = (): AetheriaError =>
  new AetheriaError("bad_input", "That link code was made by another version of Aetheria.", {
    hint: "Bring both devices up to date, then show the code again.",
  });
