// Calls that may be sent again because the host takes them once: they wait for a connection and
// survive its loss, in the order they were made.
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
    sendAll(client) {
      for (const one of held) one.send(client);
    },
    rejectAll(error) {
      for (const one of held) one.reject(error);
      held.clear();
    },
  };
}
