// Which session a conversation id of a legacy client stands for. Theirs may be any text: such a one
// gets a session of ours with its first use, and keeps it while the gateway runs.
import { AetheriaError } from "../../contract/errors.ts";
import type { SessionId } from "../../contract/ids.ts";
import { SessionId as SessionIdSchema } from "../../contract/ids.ts";
import type { Client } from "../../rpc/client.ts";

export interface Conversations {
  /** Null: there is none, and none was to be made. */
  find(conversationId: string, client: Client): Promise<SessionId | null>;
  /** Creates the session when there is none. */
  open(
    conversationId: string | null,
    client: Client,
  ): Promise<{ sessionId: SessionId; isNew: boolean }>;
  forget(conversationId: string): void;
}

const rememberedIds = 10_000;

export function createConversations(): Conversations {
  const known = new Map<string, Promise<SessionId>>();

  async function find(conversationId: string, client: Client): Promise<SessionId | null> {
    const mapped = known.get(conversationId);
    if (mapped) return mapped;
    const own = SessionIdSchema.safeParse(conversationId);
    if (!own.success) return null;
    try {
      // The cheapest question that tells whether it is one of ours.
      await client.call("session.history", { sessionId: own.data, before: 1, limit: 1 });
      return own.data;
    } catch (error) {
      if (error instanceof AetheriaError && isUnknown(error)) return null;
      throw error;
    }
  }

  function create(conversationId: string | null, client: Client): Promise<SessionId> {
    const created = client.call("session.create", {}).then(({ sessionId }) => sessionId);
    if (conversationId === null) return created;
    known.set(conversationId, created);
    created.catch(() => known.delete(conversationId));
    for (const [oldest] of known) {
      if (known.size <= rememberedIds) break;
      known.delete(oldest);
    }
    return created;
  }

  return {
    find,
    async open(conversationId, client) {
      const found = conversationId === null ? null : await find(conversationId, client);
      if (found !== null) return { sessionId: found, isNew: false };
      // While we asked, another message may have made it.
      const mapped = conversationId === null ? undefined : known.get(conversationId);
      if (mapped) return { sessionId: await mapped, isNew: false };
      return { sessionId: await create(conversationId, client), isNew: true };
    },
    forget: (conversationId) => void known.delete(conversationId),
  };
}

const isUnknown = ({ code }: AetheriaError) => code === "not_found" || code === "bad_input";
