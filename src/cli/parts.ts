// The real things behind the commands, each loaded when it is first used.
import type { CommandParts } from "./command.ts";

export const realParts = (): CommandParts => ({
  openClient: async (place) => (await import("./open-client.ts")).openClient(place),
  startServe: async (options) => (await import("../host/entry/serve.ts")).startServe(options),
  openBrowser: async (url) => (await import("./open-browser.ts")).openBrowser(url),
  doctorWithoutHost: async (...args) =>
    (await import("../host/entry/doctor-without-host.ts")).doctorWithoutHost(...args),
});
