// The client's end of a channel: calls become promises, pushes become callbacks. Answers and pushes
// are parsed on arrival; what does not parse is a failure of that call, never of the client.
import * as z from "zod/mini";
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
  onClose(listener: (why?: AetheriaError) => void): void;
  close(): void;
}

type Waiting = { name: CallName; resolve: (output: unknown) => void; reject: (e: unknown) => void };

export const disconnected = () =>
  new AetheriaError("disconnected", "The connection to Aetheria was lost.", {
    hint: "It comes back by itself; what was sent is safe.",
    retryable: true,
  });

const unsendable = (name: CallName, cause: unknown) =>
  new AetheriaError("bad_input", `${name} was given something that cannot be sent.`, { cause });

export function createClient(channel: Channel): Client {
  const waiting = new Map<number, Waiting>();
  const listeners = new Set<(push: Push) => void>();
  let nextId = 1;
  let closed = false;

  channel.onMessage((raw) => {
    const parsed = ToClient.safeParse(raw);
    if (!parsed.success) return failUnreadable(waiting, raw, problemOf(parsed.error));
    const message = parsed.data;
    if (message.type === "push") for (const listener of listeners) listener(message.push);
    else settle(waiting, message);
  });
  channel.onClose((why) => {
    closed = true;
    for (const call of waiting.values()) call.reject(why ?? disconnected());
    waiting.clear();
  });

  return {
    call: <Name extends CallName>(name: Name, input: CallInput<Name>) =>
      new Promise<CallOutput<Name>>((resolve, reject) => {
        if (closed) return reject(disconnected());
        const id = nextId++;
        // Not after posting: a close inside post must find the call.
        waiting.set(id, { name, resolve: (output) => resolve(output as CallOutput<Name>), reject });
        try {
          channel.post({ type: "call", id, name, input });
        } catch (error) {
          waiting.delete(id);
          reject(unsendable(name, error));
        }
      }),
    onPush: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onClose: (listener) => channel.onClose(listener),
    close: () => channel.close(),
  };
}

/** An answer that nobody can read must not leave its call waiting for ever. */
function failUnreadable(waiting: Map<number, Waiting>, raw: unknown, problem: string): void {
  const known = z.object({ id: z.number() }).safeParse(raw);
  const call = known.success ? waiting.get(known.data.id) : undefined;
  if (!known.success || !call) return;
  waiting.delete(known.data.id);
  call.reject(unreadable(call.name, problem));
}

const unreadable = (name: CallName, problem: string) =>
  new AetheriaError("internal", `The answer to ${name} had ${problem}.`, {
    hint: "The host may be newer than this client: reload the page.",
  });

function settle(waiting: Map<number, Waiting>, message: Exclude<ToClient, { type: "push" }>): void {
  const call = waiting.get(message.id);
  if (!call) return;
  waiting.delete(message.id);
  if (message.type === "failure") return call.reject(AetheriaError.fromData(message.error));
  const output = calls[call.name].output.safeParse(message.output);
  if (output.success) return call.resolve(output.data);
  call.reject(unreadable(call.name, problemOf(output.error)));
}
