// Where messages wait for the net: in the vault, so that closing the page loses none.
import * as z from "zod/mini";
import { ErrorData } from "../../contract/errors.ts";
import { Command } from "../../contract/mirror.ts";
import type { WaitingWish } from "../source/source.ts";
import type { WishStore } from "../source/wish-queue.ts";
import { loadKept, saveKept } from "./kept.ts";
import type { Vault } from "./vault.ts";

const name = "kept/wishes";

/** As commands, whose shape is known; they get their time when they leave. */
const Kept = z.array(
  z.object({
    id: z.string(),
    wish: Command,
    at: z.number(),
    error: z.nullable(ErrorData),
  }),
);

export const wishStore = (vault: Vault): WishStore => ({
  loadWishes: async (): Promise<WaitingWish[]> => (await loadKept(vault, name, Kept)) ?? [],
  saveWishes: (wishes) =>
    saveKept(
      vault,
      name,
      wishes.map((one) => ({ ...one, wish: { ...one.wish, issuedAt: one.at } })),
    ),
});
