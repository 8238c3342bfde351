// What the command line reaches for, played by a fake host.
import type { CommandParts } from "../cli/command.ts";
import type { FakeHost } from "./fake-host.ts";

const notFaked = (name: string) => () => {
  throw new Error(`This test did not fake ${name}.`);
};

export function fakeParts(host: FakeHost, change: Partial<CommandParts> = {}): CommandParts {
  return {
    openClient: async () => {
      const client = host.connect();
      return { client, url: null, close: async () => client.close() };
    },
    startServe: notFaked("startServe"),
    openBrowser: notFaked("openBrowser"),
    doctorWithoutHost: notFaked("doctorWithoutHost"),
    ...change,
  };
}
