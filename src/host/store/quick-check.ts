// Reads a whole database on a connection of its own and tells the first things that are wrong.
import Database from "better-sqlite3";
import * as z from "zod/mini";
import { isDamage } from "./storage-error.ts";

const Answer = z.array(z.object({ quick_check: z.string() }));

/** Line by line what is wrong with the file; empty when it is sound. */
export function quickCheck(path: string): string[] {
  const db = new Database(path, { readonly: true, timeout: 5_000 });
  try {
    db.pragma("cache_size = -2048");
    const lines = Answer.parse(db.pragma("quick_check(5)")).map((row) => row.quick_check);
    return lines.filter((line) => line !== "ok");
  } catch (error) {
    if (isDamage(error)) return [String(error)];
    throw error;
  } finally {
    db.close();
  }
}
