// Browsers of the real room for tests, on a folder of their own, without the egress room: what they open
// goes to the servers of the test, through a proxy that only passes on.
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, request, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { findChromium } from "../../scripts/chromium.ts";
import type { SessionId } from "../contract/ids.ts";
import type { BrowsersOptions, HostBrowsers } from "../host/browser/browsers.ts";
import { openBrowsers } from "../host/browser/open-browsers.ts";

export const never = new AbortController().signal;
export const waiter = { signal: never, onProgress: () => undefined };
export const sessionId = "0190aaaa-0000-7000-8000-000000000001" as SessionId;

export type OpenedBrowsers = {
  browsers: HostBrowsers;
  dataDir: string;
  /** What the way out says when it refuses, by host. */
  refusals: Map<string, string>;
  close(): Promise<void>;
};

export function chromiumHere(): string {
  const found = findChromium();
  if (found === undefined) throw new Error("These tests need Chromium, Chrome or Edge.");
  return found;
}

export function openTestBrowsers(change: Partial<BrowsersOptions> = {}): OpenedBrowsers {
  const dataDir = change.dataDir ?? mkdtempSync(join(tmpdir(), "aetheria-browser-"));
  const refusals = new Map<string, string>();
  const browsers = openBrowsers({
    ...{ dataDir, platform: process.platform, home: homedir() },
    env: { AETHERIA_BROWSER: chromiumHere() },
    log: () => undefined,
    openWay: () => openPlainWay(refusals),
    fetch: () => Promise.reject(new Error("Nothing is fetched in this test.")),
    isOffline: () => false,
    chosen: () => null,
    profileOf: () => ({ kind: "session" }),
    isSession: () => true,
    readPdf: async (bytes) => `${bytes.length} bytes of PDF`,
    changed: () => undefined,
    fetching: () => undefined,
    ...change,
  });
  return {
    ...{ browsers, dataDir, refusals },
    async close() {
      await browsers.close();
      if (change.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** A proxy without rules. */
async function openPlainWay(refusals: Map<string, string>) {
  const server = createServer((asked, answer) => {
    const onward = request(asked.url ?? "", { method: asked.method, headers: asked.headers });
    onward.on("response", (response) => {
      answer.writeHead(response.statusCode ?? 500, response.rawHeaders);
      response.on("error", () => answer.destroy());
      response.pipe(answer);
    });
    onward.on("error", () => answer.destroy());
    answer.on("close", () => onward.destroy());
    asked.pipe(onward);
  });
  server.on("connect", (asked, socket) => {
    const [host = "", port = ""] = (asked.url ?? "").split(":");
    const onward = connect(Number(port), host, () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    onward.on("error", () => socket.destroy());
    socket.on("error", () => onward.destroy());
  });
  const { port } = await listening(server);
  return {
    server: `http://127.0.0.1:${port}`,
    refusalOf: (host: string) => refusals.get(host) ?? null,
    failureOf: () => null,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const listening = (server: Server) =>
  new Promise<AddressInfo>((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve(server.address() as AddressInfo)),
  );
