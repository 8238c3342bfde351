// Addresses as the model or a person gives them. Only http and https are opened; every other scheme is
// refused with what to do instead.
import { AetheriaError } from "../../../contract/errors.ts";

/** Reads `example.com/x` as https, `localhost:3000` and addresses of this machine as http. */
export function parsePageAddress(text: string): URL {
  const trimmed = text.trim();
  const scheme = schemeOf(trimmed);
  if (scheme !== null && scheme !== "http" && scheme !== "https") throw otherScheme(scheme);
  const address = scheme === null ? `${usualScheme(trimmed)}://${trimmed}` : trimmed;
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || url.hostname === "")
    throw new AetheriaError("bad_input", `“${trimmed.slice(0, 200)}” is not a web address.`, {
      hint: "It looks like https://example.com/page. To look something up, use web_search.",
    });
  if (url.username !== "" || url.password !== "")
    throw new AetheriaError("bad_input", "An address must not hold a user name or a password.", {
      hint: "Leave out what stands before the @.",
    });
  return url;
}

/** `example.com`, `example.com:8443`; null: a page that is nobody's (about:blank, an error page). */
export function hostOf(url: string): string | null {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) return null;
  return parsed.host.replace(/\.(?=$|:)/, "");
}

/** Of a link: leads somewhere, or does something else (`javascript:`, `mailto:`). */
export const isPage = (url: string): boolean => hostOf(url) !== null;

/** `host:8080` is no scheme, and neither is `example.com:443/x`. */
function schemeOf(text: string): string | null {
  const match = /^([a-z][a-z0-9+.-]*):(?!\d+(?:[/?#]|$))/i.exec(text);
  return match?.[1]?.toLowerCase() ?? null;
}

function usualScheme(text: string): "http" | "https" {
  const isHere = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|[a-z0-9-]+\.localhost)(?=[:/?#]|$)/i;
  return isHere.test(text) ? "http" : "https";
}

const instead: Record<string, string> = {
  file: "Read a file of the workspace with read_file.",
  "view-source": "Open the address itself and use browser_extract_text or browser_attributes.",
  data: "Write it to a file in the workspace, or open the page it came from.",
  javascript: "Use browser_click and browser_type on the page instead.",
  mailto: "Tell the person the address: mail is not sent from here.",
  ftp: "Look for the same file under an https address.",
};

function otherScheme(scheme: string): AetheriaError {
  const hint = instead[scheme] ?? "Open an address that starts with https://.";
  return new AetheriaError("bad_input", `The browser does not open ${scheme}: addresses.`, {
    hint,
  });
}
