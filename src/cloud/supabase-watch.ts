// News from Supabase's Realtime: one channel for each watch, told as ServerNews. A change that came
// without what is needed is told as `joined`: read again. realtime-js tries again by itself after
// errors; what the server closed for good is joined anew here.
import type { RealtimeChannel, SupabaseClient } from "@supabase/supabase-js";
import * as z from "zod/mini";
import type { DeviceId } from "../contract/ids.ts";
import { CommandRow, DeviceRow, EventRow, SessionRow } from "../contract/mirror.ts";
import type { MirrorServer, ServerNews } from "../core/mirror/ports.ts";

type Listener = (news: ServerNews) => void;
type Listen = { event: "INSERT" | "UPDATE"; table: string; filter: string };

const firstWaitMs = 1_000;
const longestWaitMs = 30_000;

/** Of a change, the row as it is now; too large a one comes without its columns. */
const Change = z.object({ new: z.unknown() });
const System = z.object({ extension: z.string(), status: z.string() });

export function createWatch(client: SupabaseClient, closed: AbortSignal): MirrorServer["watch"] {
  let watches = 0;
  return (hostId, listener) => {
    const name = `mirror-${++watches}`;
    let channel: RealtimeChannel | null = null;
    let retry: ReturnType<typeof setTimeout> | undefined;
    let isStopped = false;
    let waitMs = firstWaitMs;
    let joins = 0;

    const tell: Listener = (news) => {
      if (!isStopped) listener(news);
    };

    function rejoin(why: string): void {
      if (isStopped) return;
      leave();
      tell({ type: "left", why });
      retry = setTimeout(join, waitMs);
      waitMs = Math.min(waitMs * 2, longestWaitMs);
    }

    function leave(): void {
      const left = channel;
      channel = null;
      if (left !== null) void client.removeChannel(left);
    }

    async function begin(): Promise<void> {
      const { data } = await client.auth.getSession();
      if (isStopped) return;
      if (data.session === null) return rejoin("Nobody is signed in to the mirror.");
      // Joined without a token it would be news for nobody.
      await client.realtime.setAuth();
      if (isStopped) return;
      const joining = client.channel(`${name}-${++joins}`, {
        config: { postgres_changes_options: { wait: true } },
      });
      channel = joining;
      hear(joining, listensOf(hostId, data.session.user.id), tell);
      subscribe(joining);
    }

    function subscribe(joining: RealtimeChannel): void {
      let isJoined = false;
      const joined = () => {
        isJoined = true;
        waitMs = firstWaitMs;
        tell({ type: "joined" });
      };
      joining.on("system", {}, (message: unknown) => {
        const system = System.safeParse(message);
        if (!system.success || system.data.extension !== "postgres_changes") return;
        // An older server says "subscribed" first and begins to listen later: what lay in between
        // was missed.
        if (system.data.status === "ok" && isJoined) joined();
        if (system.data.status === "error") tell({ type: "left", why: whyRefused });
      });
      joining.subscribe((status) => {
        if (channel !== joining) return;
        if (status === "SUBSCRIBED") return joined();
        isJoined = false;
        if (status === "CLOSED") return rejoin("The server closed the live line.");
        tell({ type: "left", why: status === "TIMED_OUT" ? whySlow : whyLost });
      });
    }

    function join(): void {
      begin().catch(() => rejoin(whyLost));
    }

    function stop(): void {
      isStopped = true;
      closed.removeEventListener("abort", stop);
      clearTimeout(retry);
      leave();
    }

    closed.addEventListener("abort", stop, { once: true });
    join();
    return stop;
  };
}

const whyLost = "The live line to the server is broken.";
const whySlow = "The server does not answer on the live line.";
const whyRefused = "The server refuses to tell what changes.";

function listensOf(hostId: DeviceId | null, userId: string): Listen[] {
  const mine = `user_id=eq.${userId}`;
  const devices = both("devices", mine);
  return hostId === null
    ? [
        { event: "INSERT", table: "events", filter: mine },
        ...both("sessions", mine),
        { event: "UPDATE", table: "commands", filter: mine },
        ...devices,
      ]
    : [{ event: "INSERT", table: "commands", filter: `host_id=eq.${hostId}` }, ...devices];
}

/** Not `*`: deletions are told to everybody, whatever row-level security says. */
const both = (table: string, filter: string): Listen[] => [
  { event: "INSERT", table, filter },
  { event: "UPDATE", table, filter },
];

function hear(channel: RealtimeChannel, listens: Listen[], tell: Listener): void {
  for (const { event, table, filter } of listens) {
    const listen = { schema: "public", table, filter };
    const heard = (change: unknown) => {
      const parsed = Change.safeParse(change);
      tell((parsed.success ? newsOf(table, parsed.data.new) : null) ?? { type: "joined" });
    };
    if (event === "INSERT") channel.on("postgres_changes", { ...listen, event: "INSERT" }, heard);
    else channel.on("postgres_changes", { ...listen, event: "UPDATE" }, heard);
  }
}

/** null: not the whole row. */
function newsOf(table: string, row: unknown): ServerNews | null {
  if (table === "devices") return newsWith("devices", DeviceRow.safeParse(row));
  if (table === "events") return newsWith("event", EventRow.safeParse(row));
  if (table === "sessions") return newsWith("session", SessionRow.safeParse(row));
  return newsWith("command", CommandRow.safeParse(row));
}

type Told = Extract<ServerNews, { row: unknown }>;

function newsWith<Type extends Told["type"]>(
  type: Type,
  parsed: { success: true; data: Extract<Told, { type: Type }>["row"] } | { success: false },
): ServerNews | null {
  return parsed.success ? ({ type, row: parsed.data } as Extract<Told, { type: Type }>) : null;
}
