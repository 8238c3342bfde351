// Where a command stands, for sealing and signing. Whatever is signed here cannot be moved to another
// session, host, number or key without the signature breaking.
import { mirrorProtocol, type CommandRow } from "../../contract/mirror.ts";
import type { Place } from "./ports.ts";

type Placed = Pick<
  CommandRow,
  "command_id" | "device_id" | "host_id" | "session_id" | "number" | "generation" | "payload"
>;

/** Of its payload and of its answer. */
export const commandPlace = (row: Omit<Placed, "generation" | "payload">): Place => [
  row.command_id,
  row.device_id,
  row.host_id,
  row.session_id,
  row.number,
];

/** What the device signs: `aetheria/1|command|` and the row's place, generation and payload, with `%`
 * and `|` of a part written %25 and %7C. */
export const signedText = (row: Placed): string =>
  [`aetheria/${mirrorProtocol}`, "command", ...commandPlace(row), row.generation, row.payload]
    .map((part) => String(part).replaceAll("%", "%25").replaceAll("|", "%7C"))
    .join("|");
