// The client's end of a channel: calls become promises, pushes become callbacks. Answers and pushes
// are parsed on arrival; what does not parse is a failure of that call, never of the client.
import {
  calls,
  type CallInput,
  type CallName,
  type CallOutput,
  type Push,
} from "../contract/calls.ts";
import { AetheriaError } from "../contract/errors.ts";
import { ToClient } from "../contract/wire.ts";
import type { Channel } from "./channel.ts";
import { problemOf } from "./problem.ts";

export interface Client {
  /** Rejects with an AetheriaError; `disconnected` when the channel closed before the answer. */
  call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<CallOutput<Name>>;
  /** Returns the way to stop listening. */
  onPush(listener: (push: Push) => void): () => void;
  onClose(listener: () => void): void;
  close(): void;
}

type Waiting = { name: CallName; resolve: (output: unknown) => void; reject: (e: unknown) => void };

const disconnected = () =>
  new AetheriaError("disconnected", "The connection to Aetheria was lost.", {
    hint: "It comes back by itself; what was sent is safe.",
    retryable: true,
  });

export function createClient(channel: Channel): Client {
  const waiting = new Map<number, Waiting>();
  const listeners = new Set<(push: Push) => void>();
  let nextId = 1;
  let closed = false;

  channel.onMessage((raw) => {
    const parsed = ToClient.safeParse(raw);
    if (!parsed.success) return;
    const message = parsed.data;
    if (message.type === "push") for (const listener of listeners) listener(message.push);
    else settle(waiting, message);
  });
  channel.onClose(() => {
    closed = true;
    for (const call of waiting.values()) call.reject(disconnected());
    waiting.clear();
  });

  return {
    call: <Name extends CallName>(name: Name, input: CallInput<Name>) =>
      new Promise<CallOutput<Name>>((resolve, reject) => {
        if (closed) return reject(disconnected());
        const id = nextId++;
        waiting.set(id, { name, resolve: (output) => resolve(output as CallOutput<Name>), reject });
        channel.post({ type: "call", id, name, input });
      }),
    onPush: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onClose: (listener) => channel.onClose(listener),
    close: () => channel.close(),
  };
}

function settle(waiting: Map<number, Waiting>, message: Exclude<ToClient, { type: "push" }>): void {
  const call = waiting.get(message.id);
  if (!call) return;
  waiting.delete(message.id);
  if (message.type === "failure") return call.reject(AetheriaError.fromData(message.error));
  const output = calls[call.name].output.safeParse(message.output);
  if (output.success) return call.resolve(output.data);
  call.reject(
    new AetheriaError("internal", `The answer to ${call.name} had ${problemOf(output.error)}.`, {
      hint: "The host may be newer than this client: reload the page.",
    }),
  );
}
