// Which addresses a browser may be sent to. Web pages only: files of this machine, pages made of their
// own address, scripts and other programs' schemes are refused to the agent and to the person alike.
import { AetheriaError } from "../../contract/errors.ts";
import { isLoopbackHost } from "../../core/permission/hosts.ts";

/** An empty tab. */
export const emptyPage = "about:blank";

/** Throws bad_input or refused. */
export function webAddress(address: string): string {
  const text = address.trim();
  if (text === emptyPage) return text;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null)
    throw new AetheriaError("bad_input", `“${text.slice(0, 200)}” is not an address.`, {
      hint: "Give a whole one, like https://example.com/page.",
    });
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw new AetheriaError(
      "refused",
      `Addresses that begin with ${url.protocol} are not opened.`,
      {
        hint: "The browser opens web pages only: http and https.",
      },
    );
  if (url.hostname === "")
    throw new AetheriaError("bad_input", "The address names no host.", {
      hint: "Give a whole one, like https://example.com/page.",
    });
  if (url.username !== "" || url.password !== "")
    throw new AetheriaError("refused", "The address carries a user name or a password.", {
      hint: "Leave out what stands before the @ sign: it often hides which site is meant.",
    });
  return url.href;
}

const withScheme = /^[a-z][a-z0-9+.-]*:/i;
const hostAndPort = /^[^/?#\s]+:\d{1,5}(?=[/?#]|$)/;

/** What a person wrote into the address bar: the scheme may be missing. Throws as `webAddress`. */
export function typedAddress(typed: string): string {
  const text = typed.trim();
  if (withScheme.test(text) && !hostAndPort.test(text)) return webAddress(text);
  if (/\s/.test(text) || text === "")
    throw new AetheriaError("bad_input", `“${text.slice(0, 200)}” is not an address.`, {
      hint: "Write one like example.com. Ask the agent to search for words.",
    });
  const host = text.split(/[/?#]/, 1)[0] ?? "";
  return webAddress(`${isLoopbackHost(host) ? "http" : "https"}://${text}`);
}

/** What a page may show in a tab; what else it turned itself into is closed. */
export const isWebPage = (url: string): boolean =>
  /^(https?:|blob:https?:|about:(blank|srcdoc)|chrome-error:)/.test(url) || url === "";

/** `host` or `host:port`, lower case, as grants and plans write it; null: it has none. */
export function hostOf(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const { host } = new URL(address);
  return host === "" ? null : host.toLowerCase().replace(/\.(?=$|:)/, "");
}
