// The names legacy clients may send, apart from what they mean: that loads with their first use.

export const legacyInNames = ["send_message", "join_conversation", "terminate_session"] as const;
export type LegacyInName = (typeof legacyInNames)[number];

export const isLegacyName = (name: unknown): name is LegacyInName =>
  legacyInNames.some((known) => known === name);
