// What one check gets to know, and what it says.
import type { Check } from "../../contract/system.ts";

/** What one check found; its name is given by the list in doctor.ts. */
export type Finding = Omit<Check, "name">;

export type Machine = {
  platform: NodeJS.Platform;
  env: Readonly<Record<string, string | undefined>>;
  /** Aborted when the check's time is over. */
  signal: AbortSignal;
};
