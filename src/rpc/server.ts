// The host's end of a channel: parses every call, runs its handler, answers in data. It refuses
// what does not fit the contract with `bad_input` and never lets an exception or a stack out.
import * as z from "zod/mini";
import {
  calls,
  type CallInput,
  type CallName,
  type CallOutput,
  type Push,
} from "../contract/calls.ts";
import { AetheriaError } from "../contract/errors.ts";
import { ToHost, type ToClient } from "../contract/wire.ts";
import type { Channel } from "./channel.ts";
import { problemOf, refusalOf } from "./problem.ts";

/** One client as handlers see it. */
export interface Connection {
  push(push: Push): void;
  onClose(listener: () => void): void;
  /** The person sits at this machine: the desktop's own window, or a client on loopback. Absent: no. */
  readonly isHere?: boolean;
}

export type Handlers = {
  readonly [Name in CallName]: (
    input: CallInput<Name>,
    connection: Connection,
  ) => Promise<CallOutput<Name>> | CallOutput<Name>;
};

/** Serves one channel until it closes. `onUnexpected` gets what was thrown by mistake, for the log. */
export function serveChannel(
  channel: Channel,
  handlers: Handlers,
  onUnexpected: (error: unknown, callName: string) => void,
  client: Pick<Connection, "isHere"> = {},
): Connection {
  const connection: Connection = {
    ...client,
    push: (push) => channel.post({ type: "push", push } satisfies ToClient),
    onClose: (listener) => channel.onClose(() => listener()),
  };
  const fail = (id: number, error: unknown) =>
    channel.post({ type: "failure", id, error: AetheriaError.toData(error) } satisfies ToClient);

  channel.onMessage((raw) => {
    const message = ToHost.safeParse(raw);
    if (!message.success) return refuseUnreadable(raw, fail, problemOf(message.error));
    const { id, name, input } = message.data;
    answer(name, input, handlers, connection)
      // An output that cannot be posted fails here as well, and must not reach the process.
      .then((output) => channel.post({ type: "answer", id, output } satisfies ToClient))
      .catch((error: unknown) => {
        if (!(error instanceof AetheriaError)) onUnexpected(error, name);
        fail(id, error);
      });
  });
  return connection;
}

/** Whoever gave a number gets an answer to it; the rest is noise. */
function refuseUnreadable(
  raw: unknown,
  fail: (id: number, error: unknown) => void,
  problem: string,
): void {
  const known = z.object({ id: z.number() }).safeParse(raw);
  if (known.success)
    fail(known.data.id, new AetheriaError("bad_input", `The message had ${problem}.`));
}

const isCallName = (name: string): name is CallName => Object.hasOwn(calls, name);

async function answer(
  name: string,
  input: unknown,
  handlers: Handlers,
  connection: Connection,
): Promise<unknown> {
  if (!isCallName(name))
    throw new AetheriaError("bad_input", `There is no call named “${name.slice(0, 80)}”.`, {
      hint: "The client may be newer than this host: update Aetheria.",
    });
  return run(name, input, handlers, connection);
}

function run<Name extends CallName>(
  name: Name,
  input: unknown,
  handlers: Handlers,
  connection: Connection,
): Promise<CallOutput<Name>> | CallOutput<Name> {
  const parsed = calls[name].input.safeParse(input);
  if (!parsed.success) throw refusalOf(name, parsed.error);
  return handlers[name](parsed.data as CallInput<Name>, connection);
}
