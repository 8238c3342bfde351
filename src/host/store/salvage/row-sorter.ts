// Tells which table a row found without its table came from, by its shape, and puts it there.
// Rows that fit no table of the truth are projections, or not rows at all.
import { Grant } from "../../../contract/approval.ts";
import { MirrorChoice } from "../../../contract/mirror.ts";
import { Settings } from "../../../contract/settings.ts";
import * as z from "zod/mini";
import type { Db } from "../database.ts";
import { parseJson } from "../event-rows.ts";
import type { LeafRow, Value } from "./leaf-rows.ts";

const eventType = /^[a-z]+\.[a-z]+$/;
const maxSeq = 2 ** 31;

export type RowSorter = { take(row: LeafRow): void };

export function createRowSorter(db: Db): RowSorter {
  const event = db.prepare("INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?, ?, ?)");
  const session = db.prepare("INSERT OR IGNORE INTO session_keys VALUES (?, ?)");
  const openText = db.prepare("INSERT OR IGNORE INTO open_texts VALUES (?, ?, ?, ?, ?, ?, ?)");
  const setting = db.prepare("INSERT OR IGNORE INTO settings VALUES (?, ?)");
  const grant = db.prepare("INSERT OR IGNORE INTO grants VALUES (?, ?)");
  const mirrored = db.prepare("INSERT OR IGNORE INTO mirror_sessions VALUES (?, ?, ?, ?, ?, ?)");
  return {
    take: ({ rowid, values }) => {
      if (isEvent(rowid, values)) event.run(rowid, ...values.slice(1));
      else if (isOpenText(values)) openText.run(rowid, ...values.slice(1));
      else if (isSession(rowid, values)) session.run(rowid, values[1]);
      else if (isSetting(values)) setting.run(...values);
      else if (isGrant(values)) grant.run(...values);
      else if (isMirrored(values)) mirrored.run(...values);
    },
  };
}

function isEvent(rowid: number, [id, key, seq, at, type, data, ...more]: Value[]): boolean {
  if (id !== null || rowid < 1 || more.length > 0) return false;
  if (!isCount(key) || !isCount(seq) || seq > maxSeq || !Number.isSafeInteger(at)) return false;
  if (typeof type !== "string" || typeof data !== "string" || !eventType.test(type)) return false;
  return isObject(parseJson(data));
}

function isOpenText([id, key, kind, runId, turn, start, text, ...more]: Value[]): boolean {
  const isKind = kind === "text" || kind === "reasoning";
  if (id !== null || !isKind || !isCount(key) || more.length > 0) return false;
  return (
    [typeof runId, typeof turn, typeof start, typeof text].join() === "string,number,number,string"
  );
}

function isSession(rowid: number, [key, id, ...more]: Value[]): boolean {
  const isId = typeof id === "string" && id.length > 0 && id.length <= 64;
  return key === null && rowid > 0 && isId && more.length === 0;
}

function isSetting([name, value, ...more]: Value[]): boolean {
  if (typeof name !== "string" || typeof value !== "string" || more.length > 0) return false;
  return Object.hasOwn(Settings.def.shape, name);
}

function isGrant([id, data, ...more]: Value[]): boolean {
  if (typeof id !== "string" || typeof data !== "string" || more.length > 0) return false;
  const grant = Grant.safeParse(parseJson(data));
  return grant.success && grant.data.grantId === id;
}

function isMirrored([id, choice, checkpoint, as, files, deleted, ...more]: Value[]): boolean {
  const isChoice = (value: unknown) => z.nullable(MirrorChoice).safeParse(value).success;
  const isId = typeof id === "string" && id.length > 0 && id.length <= 64;
  if (!isId || more.length > 0 || !Number.isSafeInteger(checkpoint)) return false;
  if (!Number.isSafeInteger(files)) return false;
  return isChoice(choice) && isChoice(as) && (deleted === 0 || deleted === 1);
}

function isCount(value: Value | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0;
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
