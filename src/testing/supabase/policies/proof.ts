// What a proof is, and what proofs ask alike.
import { expect } from "vitest";
import type { Rows } from "../database.ts";
import type { Stage } from "./stage.ts";

/** Throws where it does not hold. */
export type Proof = { name: string; holds(stage: Stage): Promise<void> };

export async function refused(
  work: Promise<unknown>,
  message: RegExp | string = "",
): Promise<void> {
  await expect(work).rejects.toMatchObject({
    code: "42501",
    message: expect.stringMatching(message),
  });
}
/** By a grant that is missing. */
export const noWay = /permission denied for (table|function)/;
/** By a policy. */
export const noRow = /violates row-level security/;

export const count = async (rows: Promise<Rows>): Promise<number> => (await rows).length;

export const rowsOf = (stage: Stage, table: string, who: string, condition = "true") =>
  count(stage.root(`select from public.${table} where user_id = '${who}' and ${condition}`));
