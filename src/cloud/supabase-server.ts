// The MirrorServer over Supabase: rows by PostgREST, what must be one transaction by its functions,
// pieces of files by its storage, news by its Realtime. Knows nothing of what is in a row.
import type { SupabaseClient } from "@supabase/supabase-js";
import * as z from "zod/mini";
import { AetheriaError } from "../contract/errors.ts";
import { SessionId } from "../contract/ids.ts";
import {
  AttachmentRow,
  CommandRow,
  DeviceRow,
  EventRow,
  KeyRow,
  PushEndpointRow,
  SessionRow,
} from "../contract/mirror.ts";
import type { MirrorServer } from "../core/mirror/ports.ts";
import { createQuestions, type Questions } from "./ask-supabase.ts";
import { createSupabaseFiles, type SupabaseFiles } from "./supabase-files.ts";
import { createWatch } from "./supabase-watch.ts";

/** Supabase answers with at most this many rows at once (`max_rows` of its config). */
const pageRows = 1_000;
/** So many ids still fit into an address. */
const idsAtOnce = 100;

const columns = (row: { shape: object }): string => Object.keys(row.shape).join(",");
const nothing = z.unknown();
const Now = z.object({ now: z.number() });

/** `closed` ends what is watched. */
export function createSupabaseServer(client: SupabaseClient, closed: AbortSignal): MirrorServer {
  const questions = createQuestions(client);
  const { removePiecesOf, ...files } = createSupabaseFiles(questions);
  return {
    ...sessionRows(questions, removePiecesOf),
    ...commandRows(questions),
    ...deviceRows(questions),
    ...keyRows(questions),
    ...endpointRows(questions),
    ...attachmentRows(questions),
    ...files,
    watch: createWatch(client, closed),
  };
}

type Part<Names extends keyof MirrorServer> = Pick<MirrorServer, Names>;

function sessionRows(
  { ask }: Questions,
  removePiecesOf: SupabaseFiles["removePiecesOf"],
): Part<"push" | "sessions" | "session" | "events"> {
  const Pushed = z.object({ now: z.number(), seqs: z.record(z.string(), z.number()) });
  return {
    async push({ hostId, sessions, events, deleted }, signal) {
      if (deleted.length > 0) await removePiecesOf(deleted, signal);
      const batch = { host_id: hostId, sessions, events, deleted };
      const pushed = await ask(signal, Pushed, (client) =>
        client.rpc("mirror_push", { batch }).abortSignal(signal),
      );
      const seqs = Object.entries(pushed.seqs);
      return {
        now: pushed.now,
        seqs: new Map(seqs.map(([id, seq]) => [SessionId.parse(id), seq])),
      };
    },

    sessions: (since, signal) =>
      allPages((last) =>
        ask(signal, z.array(SessionRow), (client) => {
          const page = client.from("sessions").select(columns(SessionRow));
          if (since !== undefined) page.or(`deleted_at.is.null,deleted_at.gte."${since}"`);
          if (last !== undefined) page.gt("session_id", last.session_id);
          return page.order("session_id").limit(pageRows).abortSignal(signal);
        }),
      ),

    async session(sessionId, signal) {
      const rows = await ask(signal, z.array(SessionRow), (client) =>
        client
          .from("sessions")
          .select(columns(SessionRow))
          .eq("session_id", sessionId)
          .limit(1)
          .abortSignal(signal),
      );
      return rows[0] ?? null;
    },

    events(sessionId, { from, to, limit }, signal) {
      return allPages<EventRow>(
        (last, left) =>
          ask(signal, z.array(EventRow), (client) => {
            const page = client
              .from("events")
              .select(columns(EventRow))
              .eq("session_id", sessionId)
              .gt("seq", last?.seq ?? from);
            if (to !== undefined) page.lte("seq", to);
            return page.order("seq").limit(Math.min(left, pageRows)).abortSignal(signal);
          }),
        limit,
      );
    },
  };
}

type CommandPart = "sendCommand" | "commands" | "sentCommands" | "answerCommand" | "removeCommands";

function commandRows({ ask }: Questions): Part<CommandPart> {
  const Waiting = z.object({
    ...{ now: z.number(), generation: z.nullable(z.number()), revoked: z.boolean() },
    rows: z.array(CommandRow),
  });
  return {
    sendCommand: (row, signal) =>
      ask(signal, Now, (client) => client.rpc("mirror_send", { command: row }).abortSignal(signal)),
    async commands(hostId, signal) {
      const { revoked: isRevoked, ...waiting } = await ask(signal, Waiting, (client) =>
        client.rpc("mirror_commands", { host_id: hostId }).abortSignal(signal),
      );
      return { ...waiting, isRevoked };
    },
    sentCommands: (deviceId, signal) =>
      allPages((last) =>
        ask(signal, z.array(CommandRow), (client) =>
          client
            .from("commands")
            .select(columns(CommandRow))
            .eq("device_id", deviceId)
            .gt("number", last?.number ?? 0)
            .order("number")
            .limit(pageRows)
            .abortSignal(signal),
        ),
      ),
    async answerCommand(commandId, answer, signal) {
      await ask(signal, nothing, (client) =>
        client.from("commands").update({ answer }).eq("command_id", commandId).abortSignal(signal),
      );
    },
    async removeCommands(commandIds, signal) {
      for (let at = 0; at < commandIds.length; at += idsAtOnce) {
        const ids = commandIds.slice(at, at + idsAtOnce);
        await ask(signal, nothing, (client) =>
          client.from("commands").delete().in("command_id", ids).abortSignal(signal),
        );
      }
    },
  };
}

function deviceRows({ ask }: Questions): Part<"devices" | "saveDevice" | "revokeDevice"> {
  return {
    devices: (signal) =>
      ask(signal, z.array(DeviceRow), (client) =>
        client.from("devices").select(columns(DeviceRow)).order("device_id").abortSignal(signal),
      ),
    // "now" is read by PostgreSQL: the time of the server, whatever this device's clock says.
    async saveDevice(row, signal) {
      await ask(signal, nothing, (client) =>
        client
          .from("devices")
          .upsert({ ...row, seen_at: "now" }, { onConflict: "user_id,device_id" })
          .abortSignal(signal),
      );
    },
    async revokeDevice(deviceId, signal) {
      await ask(signal, nothing, (client) =>
        client
          .from("devices")
          .update({ revoked_at: "now" })
          .eq("device_id", deviceId)
          .is("revoked_at", null)
          .abortSignal(signal),
      );
    },
  };
}

function keyRows({ ask }: Questions): Part<"keys" | "saveKeys"> {
  const keys: MirrorServer["keys"] = async (signal) => {
    const rows = await ask(signal, z.array(KeyRow), (client) =>
      client
        .from("account_keys")
        .select(columns(KeyRow))
        .order("generation", { ascending: false })
        .limit(1)
        .abortSignal(signal),
    );
    return rows[0] ?? null;
  };
  return {
    keys,
    async saveKeys(row, signal) {
      const newest = await keys(signal);
      if (newest !== null && newest.generation >= row.generation) throw keysAreThere();
      // Another device may have been faster since: then the server says conflict itself.
      await ask(signal, nothing, (client) =>
        client.from("account_keys").insert(row).abortSignal(signal),
      );
    },
  };
}

type EndpointPart = "pushEndpoints" | "savePushEndpoint" | "removePushEndpoint";

function endpointRows({ ask }: Questions): Part<EndpointPart> {
  return {
    pushEndpoints: (signal) =>
      ask(signal, z.array(PushEndpointRow), (client) =>
        client.from("push_endpoints").select(columns(PushEndpointRow)).abortSignal(signal),
      ),
    async savePushEndpoint(row, signal) {
      await ask(signal, nothing, (client) =>
        client
          .from("push_endpoints")
          .upsert(row, { onConflict: "user_id,device_id" })
          .abortSignal(signal),
      );
    },
    async removePushEndpoint(deviceId, signal) {
      await ask(signal, nothing, (client) =>
        client.from("push_endpoints").delete().eq("device_id", deviceId).abortSignal(signal),
      );
    },
  };
}

function attachmentRows({ ask }: Questions): Part<"attachments" | "attachment" | "saveAttachment"> {
  return {
    attachments: (sessionId, signal) =>
      allPages((last) =>
        ask(signal, z.array(AttachmentRow), (client) => {
          const page = client
            .from("attachments")
            .select(columns(AttachmentRow))
            .eq("session_id", sessionId);
          if (last !== undefined) page.gt("attachment_id", last.attachment_id);
          return page.order("attachment_id").limit(pageRows).abortSignal(signal);
        }),
      ),
    async attachment(attachmentId, signal) {
      const rows = await ask(signal, z.array(AttachmentRow), (client) =>
        client
          .from("attachments")
          .select(columns(AttachmentRow))
          .eq("attachment_id", attachmentId)
          .order("stored_pieces", { ascending: false })
          .limit(1)
          .abortSignal(signal),
      );
      return rows[0] ?? null;
    },
    async saveAttachment(row, signal) {
      await ask(signal, nothing, (client) =>
        client
          .from("attachments")
          .upsert(row, { onConflict: "user_id,attachment_id,session_id" })
          .abortSignal(signal),
      );
    },
  };
}

/** Page after page until one is not full or there are `limit` rows. */
async function allPages<Row>(
  read: (last: Row | undefined, left: number) => Promise<Row[]>,
  limit = Infinity,
): Promise<Row[]> {
  const rows: Row[] = [];
  while (rows.length < limit) {
    const left = limit - rows.length;
    const page = await read(rows.at(-1), left);
    rows.push(...page);
    if (page.length < Math.min(left, pageRows)) break;
  }
  return rows;
}

const keysAreThere = (): AetheriaError =>
  new AetheriaError("conflict", "Another device has changed the account's keys meanwhile.", {
    hint: "Enter the passphrase as it was set there, or link this device anew.",
  });
