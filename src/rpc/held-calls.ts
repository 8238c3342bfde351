// Calls that wait for a connection, in the order they were made. Those that the host takes once may be
// sent again and survive its loss too; all others are sent over one connection and then forgotten.
import type { CallInput, CallName, CallOutput } from "../contract/calls.ts";
import { AetheriaError } from "../contract/errors.ts";
import type { Client } from "./client.ts";

export interface HeldCalls {
  /** Sends now when there is a client, else with the next sendAll. */
  call<Name extends CallName>(
    name: Name,
    input: CallInput<Name>,
    client: Client | null,
  ): Promise<CallOutput<Name>>;
  /** Sends with the next sendAll, and never again. */
  callOnce<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<CallOutput<Name>>;
  sendAll(client: Client): void;
  rejectAll(error: AetheriaError): void;
}

type Held = { send(client: Client): void; reject(error: unknown): void };

export function createHeldCalls(): HeldCalls {
  const held = new Set<Held>();
  return {
    call: (name, input, client) =>
      new Promise((resolve, reject) => {
        const one: Held = {
          reject,
          send(over) {
            over.call(name, input).then(
              (output) => {
                held.delete(one);
                resolve(output);
              },
              (error: unknown) => {
                if (error instanceof AetheriaError && error.code === "disconnected") return;
                held.delete(one);
                reject(error);
              },
            );
          },
        };
        held.add(one);
        if (client) one.send(client);
      }),
    callOnce: (name, input) =>
      new Promise((resolve, reject) => {
        const one: Held = {
          reject,
          send(over) {
            held.delete(one);
            over.call(name, input).then(resolve, reject);
          },
        };
        held.add(one);
      }),
    sendAll(client) {
      for (const one of held) one.send(client);
    },
    rejectAll(error) {
      for (const one of held) one.reject(error);
      held.clear();
    },
  };
}
