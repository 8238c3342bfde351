// Speaks the legacy names on a socket, as a client of the contract like any other: it calls, follows
// sessions, and translates by the table in legacy-names.ts. It has no way past the contract.
import type { z } from "zod";
import { uuidv7 } from "uuidv7";
import type { SessionSnapshot } from "../../contract/calls.ts";
import { AetheriaError } from "../../contract/errors.ts";
import type { SessionId } from "../../contract/ids.ts";
import { MessageId } from "../../contract/ids.ts";
import type { Channel } from "../../rpc/channel.ts";
import { createClient, type Client } from "../../rpc/client.ts";
import { createSessionFeed, type SessionFeed } from "../../rpc/session-feed.ts";
import { attachContext, attachFile, screenshotsOf } from "./legacy-attachments.ts";
import type { Conversations } from "./legacy-conversations.ts";
import { createLegacyLog } from "./legacy-log.ts";
import { legacyEvent, legacyIn, legacyLive, out, response } from "./legacy-names.ts";
import type { LegacyInName } from "./legacy-in-names.ts";
import type { LegacyMessage, LegacyOut } from "./legacy-names.ts";

export interface LegacySocket {
  emit(event: string, data: unknown): unknown;
  on(event: string, listener: (...values: never[]) => void): unknown;
}

/** Nothing is opened before the first legacy name arrives. */
export function serveLegacyNames(
  socket: LegacySocket,
  conversations: Conversations,
  openChannel: () => Channel,
): void {
  let speaker: Speaker | null = null;
  const speak = () => (speaker ??= createSpeaker(openChannel(), conversations, emit));
  const emit = ({ name, data }: LegacyOut) => socket.emit(name, data);

  function listen<Name extends LegacyInName>(
    name: Name,
    handle: (speaker: Speaker, input: z.infer<(typeof legacyIn)[Name]>) => Promise<void>,
  ): void {
    socket.on(name, (raw: unknown) => {
      const parsed = legacyIn[name].safeParse(raw);
      const done = parsed.success
        ? handle(speak(), parsed.data as z.infer<(typeof legacyIn)[Name]>)
        : Promise.reject(notUnderstood(name, parsed.error));
      done.catch((error: unknown) => emit(errorOut(error)));
    });
  }
  listen("send_message", (it, message) =>
    message.type === "terminate_session" ? it.stop(message.conversationId) : it.send(message),
  );
  listen("join_conversation", (it, { conversationId }) => it.join(conversationId));
  listen("terminate_session", (it, { conversationId }) => it.stop(conversationId));
  socket.on("disconnect", () => speaker?.close());
}

interface Speaker {
  send(message: LegacyMessage): Promise<void>;
  join(conversationId: string): Promise<void>;
  stop(conversationId: string | null | undefined): Promise<void>;
  close(): void;
}

type Emit = (message: LegacyOut) => void;

function createSpeaker(channel: Channel, conversations: Conversations, emit: Emit): Speaker {
  const client = createClient(channel);
  const followed = new Map<SessionId, Promise<SessionFeed>>();
  // Messages keep their order, however long their files take.
  let earlier: Promise<unknown> = Promise.resolve();

  function follow(sessionId: SessionId, conversationId: string, isJoining: boolean): Promise<void> {
    const known = followed.get(sessionId);
    if (known && !isJoining) return known.then(() => undefined);
    const feed = createLegacyFeed(client, sessionId, conversationId, isJoining, emit);
    known?.then((old) => old.detach()).catch(() => undefined);
    const attached = feed.attach(client).then(() => feed);
    followed.set(sessionId, attached);
    attached.catch(() => followed.delete(sessionId));
    return attached.then(() => undefined);
  }

  async function send(message: LegacyMessage): Promise<void> {
    const { conversationId = null } = message;
    const { sessionId, isNew } = await conversations.open(conversationId, client);
    const shownId = conversationId ?? sessionId;
    if (isNew || conversationId === null) emit(started(shownId, sessionId));
    await follow(sessionId, shownId, false);
    const attachments = [
      ...(await Promise.all(message.files.map((file) => attachFile(client, file)))),
      ...(await attachContext(client, conversations, message.context_session_ids)),
    ];
    const { message: text, id } = message;
    const messageId = MessageId.parse(id ?? uuidv7());
    await client.call("session.send", {
      sessionId,
      messageId,
      text,
      attachments,
      delivery: "auto",
    });
  }

  return {
    send(message) {
      const sent = earlier
        .then(() => send(message))
        .catch((error: unknown) => {
          // Its session was deleted: the next message under this id begins a new one.
          if (message.conversationId && isNotFound(error))
            conversations.forget(message.conversationId);
          throw error;
        });
      earlier = sent.catch(() => undefined);
      return sent;
    },
    async join(conversationId) {
      const sessionId = await conversations.find(conversationId, client);
      if (sessionId === null)
        return emit(
          out("status", { conversationId, status: "idle", message: "Nothing here yet." }),
        );
      await follow(sessionId, conversationId, true);
    },
    async stop(conversationId) {
      const sessionId = conversationId ? await conversations.find(conversationId, client) : null;
      if (sessionId === null) throw noConversation();
      await client.call("session.stop", { sessionId });
      emit(out("status", { conversationId, status: "stopped", message: "Stopped." }));
    },
    close: () => client.close(),
  };
}

function createLegacyFeed(
  client: Client,
  sessionId: SessionId,
  conversationId: string,
  isJoining: boolean,
  emit: Emit,
): SessionFeed {
  let log = createLegacyLog(conversationId);
  return createSessionFeed(sessionId, {
    reset(snapshot) {
      log = createLegacyLog(conversationId);
      for (const event of snapshot.events) log.fold(event);
      if (isJoining) for (const message of caughtUp(snapshot, log)) emit(message);
    },
    events(events) {
      for (const event of events) {
        log.fold(event);
        for (const message of legacyEvent(event, log)) emit(message);
        if (event.type === "tool.finished" || event.type === "attachment.added")
          void screenshotsOf(client, event, log).then((shots) => shots.forEach(emit));
      }
    },
    live(events) {
      for (const event of events) {
        log.foldLive(event);
        for (const message of legacyLive(event, log)) emit(message);
      }
    },
    failed: (error) => emit(errorOut(AetheriaError.fromData(error))),
  });
}

/** What somebody who joins has missed: the last answer, whole or as far as it is. */
function caughtUp(snapshot: SessionSnapshot, log: ReturnType<typeof createLegacyLog>): LegacyOut[] {
  const { conversationId } = log;
  const run = log.lastRun();
  if (!run) return [out("status", { conversationId, status: "idle", message: "Ready." })];
  const id = log.messageId(run.runId);
  const content = log.runText(run.runId);
  if (!run.isOpen) {
    const { title } = snapshot.summary;
    const data = { id, messageId: id, conversationId, content, title, events: [], done: true };
    return [out("run_catchup", data)];
  }
  const open = snapshot.openTexts.filter(
    ({ kind, runId }) => kind === "text" && runId === run.runId,
  );
  for (const { runId, turn, text } of open)
    log.foldLive({ type: "text.delta", runId, turn, offset: 0, text });
  const soFar = content + open.map(({ text }) => text).join("");
  const running = { id, conversationId, status: "running", message: "Working on it." };
  return [out("status", running), ...(soFar === "" ? [] : [response(id, { content: soFar })])];
}

const isNotFound = (error: unknown) => error instanceof AetheriaError && error.code === "not_found";

const started = (conversationId: string, sessionId: SessionId) =>
  out("status", { conversationId, sessionId, status: "created", message: "A new conversation." });

const noConversation = () =>
  new AetheriaError("not_found", "There is no conversation with this id.", {
    hint: "Send a message to begin one.",
  });

function notUnderstood(name: string, error: z.ZodError): AetheriaError {
  const issue = error.issues[0];
  const where = issue?.path.join(".") ?? "";
  const what = where === "" ? (issue?.message ?? "") : `“${where}”: ${issue?.message ?? ""}`;
  return new AetheriaError("bad_input", `${name} could not be understood (${what}).`);
}

function errorOut(error: unknown): LegacyOut {
  const { code, message, hint = "" } = AetheriaError.toData(error);
  return out("error", {
    message: `${message} ${hint}`.trim(),
    code,
    reset: code === "not_found" || code === "disconnected",
  });
}
