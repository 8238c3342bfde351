// Takes a session out of the store. Its pages are overwritten, so that a salvage of the file cannot
// bring it back.
import type { SessionId } from "../../contract/ids.ts";
import type { StoreParts } from "./store-parts.ts";

export function removeSession(parts: StoreParts, sessionId: SessionId): void {
  const { db, transaction, sessions, openTexts, projector, mirror } = parts;
  const entry = sessions.find(sessionId);
  if (!entry) return;
  projector.flush();
  db.pragma("secure_delete = ON");
  try {
    transaction(() => {
      openTexts.endAll(entry.key);
      projector.remove(entry.key);
      db.prepare("DELETE FROM session_keys WHERE key = ?").run(entry.key);
      mirror.deleteSession(sessionId);
    });
  } finally {
    db.pragma("secure_delete = OFF");
  }
  sessions.forget(entry);
}
