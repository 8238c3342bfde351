// Opens what the server carries on a companion. What cannot be opened or understood is said once and
// stands as an event without effect: it never blocks what comes after it.
import { AetheriaError, type ErrorData } from "../../contract/errors.ts";
import { SessionEvent } from "../../contract/events.ts";
import { OpenParts, SessionHead, type EventRow, type SessionRow } from "../../contract/mirror.ts";
import { parseWith } from "./parse-with.ts";
import type { Place, Sealer, SealKind } from "./ports.ts";
import type { KeptEvent } from "./replica-ports.ts";

export type Opened<Value> = { value: Value | null; problem: ErrorData | null };

async function openText(
  sealer: Sealer,
  kind: SealKind,
  place: Place,
  { generation, sealed }: { generation: number; sealed: string },
): Promise<Opened<string>> {
  try {
    return { value: await sealer.open(kind, place, generation, sealed), problem: null };
  } catch (error) {
    const problem = AetheriaError.toData(error);
    if (problem.code === "locked" || problem.code === "tampered") return { value: null, problem };
    throw error;
  }
}

export async function openEvent(
  sealer: Sealer,
  row: EventRow,
): Promise<{ kept: KeptEvent; problem: ErrorData | null }> {
  const { generation, payload: sealed } = row;
  const place = [row.session_id, row.seq];
  const { value, problem } = await openText(sealer, "event", place, { generation, sealed });
  return { kept: { seq: row.seq, text: value }, problem };
}

export async function openHead(sealer: Sealer, row: SessionRow): Promise<Opened<SessionHead>> {
  const { generation, head: sealed } = row;
  const place = [row.session_id, row.host_id];
  const { value, problem } = await openText(sealer, "head", place, { generation, sealed });
  const head = parseWith(SessionHead, value);
  return { value: head, problem: value !== null && head === null ? tooNew : problem };
}

/** null also where nothing is open. */
export async function openOpen(sealer: Sealer, row: SessionRow): Promise<OpenParts | null> {
  if (row.open === null) return null;
  const { generation, open: sealed } = row;
  const place = [row.session_id, row.host_id];
  const { value } = await openText(sealer, "open", place, { generation, sealed });
  return parseWith(OpenParts, value);
}

/** The events of kept texts, in order. `problem`: one of them is from a newer Aetheria. */
export function readEvents(kept: readonly KeptEvent[]): {
  events: SessionEvent[];
  problem: ErrorData | null;
} {
  let at = 0;
  let problem: ErrorData | null = null;
  const events = kept.map(({ seq, text }): SessionEvent => {
    const event = parseWith(SessionEvent, text);
    if (event?.seq === seq) {
      at = event.at;
      return event;
    }
    if (text !== null) problem = tooNew;
    return { seq, at, type: "session.configured", data: {} };
  });
  return { events, problem };
}

export const tooNew: ErrorData = {
  code: "part_missing",
  message: "Your desktop wrote something that this version of Aetheria does not know.",
  hint: "Update Aetheria on this device; then it is shown.",
  retryable: false,
};
