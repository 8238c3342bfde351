// The host's handlers for a client that may not call all of them.
import type { CallName } from "../contract/calls.ts";
import { AetheriaError } from "../contract/errors.ts";
import type { Handlers } from "../rpc/server.ts";

/** Absent: every call. */
export type Guest = { mayCall?(name: CallName): boolean };

export function limitedTo(handlers: Handlers, mayCall: Guest["mayCall"]): Handlers {
  if (!mayCall) return handlers;
  const refused = () => {
    throw new AetheriaError("refused", "This device may not do that.", {
      hint: "Do it on the desktop itself.",
    });
  };
  const names = Object.keys(handlers) as CallName[];
  const limited = names.map((name) => [name, mayCall(name) ? handlers[name] : refused]);
  return Object.fromEntries(limited) as Handlers;
}
