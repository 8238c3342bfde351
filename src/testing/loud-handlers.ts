// Handlers for tests: the few calls a test is about, and a loud failure for every other one.
import { calls } from "../contract/calls.ts";
import { contractVersion } from "../contract/version.ts";
import type { Handlers } from "../rpc/server.ts";

export function loudHandlers(some: Partial<Handlers>): Handlers {
  const rest: unknown = Object.fromEntries(
    Object.keys(calls).map((name) => [
      name,
      () => {
        throw new Error(`This test's host has no ${name}.`);
      },
    ]),
  );
  return { ...(rest as Handlers), "system.hello": () => helloAnswer, ...some };
}

export const helloAnswer = {
  contractVersion,
  version: "0.0.0-test",
  platform: "test",
  home: "/home/person",
  notices: [],
};
