// Where a sign-in that the person finishes in the system's browser comes back to: an aetheria:// link
// where the desktop owns such links, else a door on loopback (RFC 8252, section 7.3). The door is open
// while a sign-in is under way, takes addresses and nothing else, and each goes where a link would: what
// somebody else sends there is worth nothing without the verifier that this host alone has (PKCE).
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { AetheriaError } from "../../contract/errors.ts";

/** Takes the address with what the server wrote behind it. Rejects where that ends no sign-in. */
export type Finish = (address: string) => Promise<unknown>;

export interface WayBack {
  /** The address to come back to. A door that was open before is closed. */
  open(finish: Finish): Promise<string>;
  close(): Promise<void>;
}

export const wayBackByLink: WayBack = {
  open: async () => "aetheria://auth-callback",
  close: async () => undefined,
};

const path = "/auth-callback";
/** A link that was sent by mail is good for as long. */
const openMs = 60 * 60_000;
const longestAddress = 8_000;

export function createLoopbackWayBack(): WayBack {
  let door: Server | null = null;
  let timer: NodeJS.Timeout | undefined;

  async function close(): Promise<void> {
    clearTimeout(timer);
    const closing = door;
    door = null;
    if (!closing) return;
    closing.closeAllConnections();
    await new Promise((resolve) => closing.close(resolve));
  }

  return {
    close,
    async open(finish) {
      await close();
      const server = createServer((request, response) => {
        void answer(request, response, server, finish).then((isDone) => {
          if (isDone && door === server) response.once("close", () => void close());
        });
      });
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject).listen(0, "127.0.0.1", resolve);
      });
      server.unref();
      door = server;
      timer = setTimeout(() => void close(), openMs).unref();
      return `http://${hostOf(server)}${path}`;
    },
  };
}

const hostOf = (server: Server) => `127.0.0.1:${(server.address() as AddressInfo).port}`;

/** Whether somebody is signed in by it. */
async function answer(
  { method, url = "", headers }: IncomingMessage,
  response: ServerResponse,
  server: Server,
  finish: Finish,
): Promise<boolean> {
  const asked = new URL(url, "http://door");
  const isMeant = asked.pathname === path && url.length <= longestAddress;
  // A page elsewhere whose name was made to lead here would ask by that name.
  if (method !== "GET" || !isMeant || headers.host !== hostOf(server)) {
    response.writeHead(404).end();
    return false;
  }
  const t = /^de\b/i.test(headers["accept-language"] ?? "") ? german : english;
  try {
    await finish(`http://${headers.host}${url}`);
    send(response, 200, t.lang, t.done, t.close);
    return true;
  } catch (error) {
    const { message, hint } = AetheriaError.toData(error);
    send(response, 400, "en", message, hint ?? "");
    return false;
  }
}

const english = {
  lang: "en",
  done: "You are signed in.",
  close: "Close this page and go back to Aetheria.",
};
const german = {
  lang: "de",
  done: "Sie sind angemeldet.",
  close: "Schließen Sie diese Seite und gehen Sie zurück zu Aetheria.",
};

function send(
  response: ServerResponse,
  status: number,
  lang: string,
  title: string,
  text: string,
): void {
  const style = `:root{color-scheme:light dark}body{margin:0;min-height:100vh;display:grid;place-content:center;
background:light-dark(#f6f0e0,#14120f);color:light-dark(#14120f,#f6f0e0);font:1.125rem/1.5 system-ui,sans-serif}
main{max-width:32rem;margin:1rem;padding:1.5rem;border:3px solid;background:light-dark(#fffdf6,#22201b);
box-shadow:8px 8px 0 light-dark(#14120f,#000)}h1{margin:0 0 .5rem;font-size:1.5rem}p{margin:0}`;
  response.writeHead(status, {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "content-security-policy":
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    connection: "close",
  });
  response.end(`<!doctype html><html lang="${lang}"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Aetheria</title><style>${style}</style>
<main><h1>${escaped(title)}</h1><p>${escaped(text)}</p></main></html>`);
}

const escaped = (text: string) => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
