// The hosts that a call asks for, as the permission policy and the proxy write them: `host` or
// `host:port`, lower case. Refuses what names no single host.
import { AetheriaError } from "../../contract/errors.ts";
import { splitHost } from "./hosts.ts";

/** Throws bad_input. Scheme and path, which models like to give along, are dropped. */
export function readHosts(asked: readonly string[]): string[] {
  return [...new Set(asked.map(readHost))];
}

function readHost(asked: string): string {
  const text = asked.trim();
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || url.hostname === "" || url.hostname.includes("*") || url.username !== "")
    throw new AetheriaError("bad_input", `“${text.slice(0, 100)}” is not the name of one host.`, {
      hint: "Name each host by itself, like api.example.com or example.com:8443.",
    });
  const name = url.hostname.toLowerCase().replace(/\.$/, "");
  return url.port === "" || url.port === "80" ? name : `${name}:${url.port}`;
}

/** Those that are not in the list. An entry without a port means every port of that host. */
export function notIn(hosts: readonly string[], allowed: readonly string[]): string[] {
  return hosts.filter((host) => {
    const { name } = splitHost(host);
    return !allowed.some((one) => one === host || one === name);
  });
}
