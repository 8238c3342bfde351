// How many things a filter asks for.
import type { ActivityFilter } from "../../../core/session/activity-rows.ts";

export const filterCount = ({ groups, states, text }: ActivityFilter): number =>
  groups.size + states.size + (text.trim() === "" ? 0 : 1);
