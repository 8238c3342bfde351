// The sessions one client follows, over all its connections. Two feeds may follow the same session;
// the host is told to close it when the last one leaves.
import { AetheriaError } from "../contract/errors.ts";
import type { SessionId } from "../contract/ids.ts";
import { createSessionFeed, type FeedClient, type SessionFeed } from "./session-feed.ts";
import type { SessionFeedListener } from "./session-feed.ts";

export interface Watches {
  add(sessionId: SessionId, listener: SessionFeedListener, client: FeedClient | null): () => void;
  /** All catch up over this client. */
  attach(client: FeedClient): void;
  /** The connection is gone. */
  detach(): void;
}

type Watch = { sessionId: SessionId; feed: SessionFeed; listener: SessionFeedListener };

export function createWatches(): Watches {
  const watches = new Set<Watch>();

  function attachOne({ feed, listener }: Watch, client: FeedClient): void {
    feed.attach(client).catch((error: unknown) => {
      const data = AetheriaError.toData(error);
      if (data.code !== "disconnected") listener.failed?.(data);
    });
  }

  function remove(watch: Watch): void {
    if (!watches.delete(watch)) return;
    const isShared = [...watches].some((other) => other.sessionId === watch.sessionId);
    if (isShared) watch.feed.detach();
    else watch.feed.close();
  }

  return {
    add(sessionId, listener, client) {
      const watch: Watch = { sessionId, feed: createSessionFeed(sessionId, listener), listener };
      watches.add(watch);
      if (client) attachOne(watch, client);
      return () => remove(watch);
    },
    attach(client) {
      for (const watch of watches) attachOne(watch, client);
    },
    detach() {
      for (const { feed } of watches) feed.detach();
    },
  };
}
