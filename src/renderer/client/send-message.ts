// Sends a text that was not written in a composer: from the palette, the guide, the quick-ask window.
import { uuidv7 } from "uuidv7";
import { MessageId, type SessionId } from "../../contract/ids.ts";
import type { Delivery } from "../../contract/session.ts";
import type { Connection } from "./connection.svelte.ts";

/** `to` null: a session of its own, which is not left behind when the message is refused. */
export async function sendMessage(
  connection: Pick<Connection, "call">,
  to: SessionId | null,
  text: string,
  delivery: Delivery = "auto",
): Promise<SessionId> {
  const sessionId = to ?? (await connection.call("session.create", {})).sessionId;
  const messageId = MessageId.parse(uuidv7());
  try {
    await connection.call("session.send", {
      sessionId,
      messageId,
      text,
      attachments: [],
      delivery,
    });
  } catch (error) {
    if (to === null) await connection.call("session.delete", { sessionId });
    throw error;
  }
  return sessionId;
}
