// How amounts read belongs to the look, which the companion shares.
export * from "../ui/amounts.ts";
