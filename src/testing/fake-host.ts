// A host made of the handlers a test gives it, over the linked pair. A call that nobody faked fails
// by name, so that no test passes by accident.
import { calls, type Push } from "../contract/calls.ts";
import { AetheriaError } from "../contract/errors.ts";
import { createClient, type Client } from "../rpc/client.ts";
import { createLinkedPair } from "../rpc/linked-pair.ts";
import { serveChannel, type Connection, type Handlers } from "../rpc/server.ts";

export interface FakeHost {
  /** A new connection each time. */
  connect(): Client;
  /** To everybody who is connected. */
  push(push: Push): void;
  /** Ends every connection, as a crash would. */
  hangUp(): void;
}

export function createFakeHost(faked: Partial<Handlers>): FakeHost {
  const unknown = Object.fromEntries(
    Object.keys(calls).map((name) => [
      name,
      () => {
        throw new AetheriaError("not_found", `This test's host does not know ${name}.`);
      },
    ]),
  );
  // Every name of the table is there: that is what Object.keys(calls) gives.
  const handlers = { ...unknown, ...faked } as Handlers;
  const connections = new Set<Connection>();
  const ends = new Set<() => void>();
  return {
    connect() {
      const [near, far] = createLinkedPair();
      const connection = serveChannel(far, handlers, (error) => {
        throw error;
      });
      connections.add(connection);
      ends.add(() => far.close());
      return createClient(near);
    },
    push(push) {
      for (const connection of connections) connection.push(push);
    },
    hangUp() {
      for (const end of ends) end();
    },
  };
}
