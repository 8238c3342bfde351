// Files of legacy clients: base64 in, base64 out. Between them they are attachments like all others.
import { uuidv7 } from "uuidv7";
import { maxChunkBytes } from "../../contract/calls.ts";
import { AetheriaError } from "../../contract/errors.ts";
import type { EventOf } from "../../contract/events.ts";
import type { AttachmentRef } from "../../contract/session.ts";
import type { Client } from "../../rpc/client.ts";
import { bytesToSend, putAttachment } from "../../rpc/put-attachment.ts";
import type { Conversations } from "./legacy-conversations.ts";
import { out, type LegacyContext, type LegacyFile, type LegacyOut } from "./legacy-names.ts";

const base64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

export async function attachFile(client: Client, file: LegacyFile): Promise<AttachmentRef> {
  const data = file.data.replace(/^data:[^,]*,/, "").replace(/\s/g, "");
  if (!base64.test(data))
    throw new AetheriaError("bad_input", `The file “${file.name.slice(0, 80)}” is not in base64.`);
  return putAttachment(
    client,
    bytesToSend(uuidv7(), file.name, file.type, Buffer.from(data, "base64")),
  );
}

/** Other conversations are handed over as what a person would read of them. */
export async function attachContext(
  client: Client,
  conversations: Conversations,
  conversationIds: readonly string[],
): Promise<AttachmentRef[]> {
  const refs: AttachmentRef[] = [];
  for (const conversationId of conversationIds) {
    const sessionId = await conversations.find(conversationId, client);
    if (sessionId === null)
      throw new AetheriaError(
        "not_found",
        `There is no conversation “${conversationId}” to attach.`,
      );
    const { name, mime, text } = await client.call("session.export", {
      sessionId,
      format: "markdown",
    });
    refs.push(await putAttachment(client, bytesToSend(uuidv7(), name, mime, Buffer.from(text))));
  }
  return refs;
}

/** The pictures a browser call brought, as their clients show them. Never rejects. */
export async function screenshotsOf(
  client: Client,
  event: EventOf<"tool.finished" | "attachment.added">,
  context: LegacyContext,
): Promise<LegacyOut[]> {
  const { callId } = event.data;
  const call = callId === null ? null : context.call(callId);
  if (call?.family !== "browser") return [];
  const images = picturesOf(event);
  const shots = await Promise.allSettled(images.map((file) => get(client, file)));
  return shots.flatMap((shot, index) => {
    const { mime, name } = images[index] ?? {};
    // A picture that is gone is no reason to disturb the conversation.
    if (shot.status === "rejected") return [];
    const screenshot = shot.value.toString("base64");
    return [out("browser_screenshot", { id: call.messageId, screenshot, mime, name })];
  });
}

/** What the model was shown, and the page as it was after a step, which comes by itself. */
function picturesOf(event: EventOf<"tool.finished" | "attachment.added">): AttachmentRef[] {
  const files = event.type === "attachment.added" ? [event.data.file] : event.data.files;
  return files.filter(({ mime }) => mime.startsWith("image/"));
}

async function get(client: Client, { sha256, sizeBytes }: AttachmentRef): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for (let offset = 0; offset < sizeBytes; offset += maxChunkBytes) {
    const { bytes } = await client.call("attachment.get", {
      sha256,
      offset,
      length: maxChunkBytes,
    });
    pieces.push(bytes);
  }
  return Buffer.concat(pieces);
}
