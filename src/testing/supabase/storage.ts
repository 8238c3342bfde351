// Supabase Storage's part of the gateway: objects as rows under row-level security, their bytes beside
// them where only the gateway reaches. Bodies come raw, as supabase-js sends bytes.
import { createHash } from "node:crypto";
import pg from "pg";
import * as z from "zod/mini";
import type { Claims, Database, Sql } from "./database.ts";
import { header, jsonOf, refuse, Refused, type Asked, type Reply } from "./http.ts";

export interface Storage {
  answer(asked: Asked, claims: Claims): Promise<Reply>;
}

const Listing = z.object({
  prefix: z._default(z.string(), ""),
  limit: z._default(z.number(), 100),
  offset: z._default(z.number(), 0),
});
const Removal = z.object({ prefixes: z.array(z.string()) });
const ObjectRow = z.object({
  id: z.string(),
  name: z.string(),
  metadata: z.unknown(),
  created_at: z.date(),
  updated_at: z.date(),
});
const Bucket = z.object({ file_size_limit: z.nullable(z.coerce.number()) });
const Bytes = z.object({ bytes: z.instanceof(Buffer) });

export function createStorage(database: Database): Storage {
  const work = async (asked: Asked, sql: Sql): Promise<Reply> => {
    const path = decodeURIComponent(asked.url.pathname.replace("/storage/v1/object/", ""));
    const [, first = "", rest = ""] = /^([^/]+)\/?(.*)$/s.exec(path) ?? [];
    if (asked.method === "POST" && first === "list") return list(sql, asked, rest);
    if (asked.method === "DELETE" && rest === "") return remove(sql, asked, first);
    if (asked.method === "POST" || asked.method === "PUT") return upload(sql, asked, first, rest);
    if (asked.method === "GET" && first === "authenticated") return download(sql, ...parted(rest));
    if (asked.method === "GET") return download(sql, first, rest);
    throw no(404, "not_found", `Route ${asked.method}:${asked.url.pathname} not found`);
  };
  return {
    async answer(asked, claims) {
      try {
        return await database.as(claims, (sql) => work(asked, sql));
      } catch (error) {
        throw storageErrorOf(error);
      }
    },
  };
}

function parted(path: string): [string, string] {
  const at = path.indexOf("/");
  return [path.slice(0, at), path.slice(at + 1)];
}

async function upload(sql: Sql, asked: Asked, bucket: string, name: string): Promise<Reply> {
  if (header(asked, "content-type").startsWith("multipart/"))
    throw no(415, "invalid_mime_type", "The gateway of the tests takes raw bodies only.");
  await checkSize(sql, bucket, asked.body.length);
  const metadata = {
    size: asked.body.length,
    mimetype: header(asked, "content-type"),
    cacheControl: header(asked, "cache-control"),
    eTag: createHash("md5").update(asked.body).digest("hex"),
  };
  const isUpsert = header(asked, "x-upsert") === "true" || asked.method === "PUT";
  const [row] = await sql(
    `insert into storage.objects (bucket_id, name, owner_id, metadata)
     values ($1, $2, auth.uid()::text, $3)
     ${isUpsert ? "on conflict (bucket_id, name) do update set metadata = excluded.metadata, updated_at = now()" : ""}
     returning *`,
    [bucket, name, JSON.stringify(metadata)],
  );
  const { id } = ObjectRow.parse(row);
  await sql("reset role");
  await sql(
    `insert into storage.bytes (object_id, bytes) values ($1, $2)
     on conflict (object_id) do update set bytes = excluded.bytes`,
    [id, asked.body],
  );
  return { status: 200, body: { Id: id, Key: `${bucket}/${name}` } };
}

async function checkSize(sql: Sql, bucket: string, sizeBytes: number): Promise<void> {
  const [{ role } = { role: "" }] = await sql("select current_setting('role') as role");
  await sql("reset role");
  const [row] = await sql("select file_size_limit from storage.buckets where id = $1", [bucket]);
  await sql(`set local role ${pg.escapeIdentifier(String(role))}`);
  if (!row) throw no(404, "Bucket not found", "Bucket not found");
  if (sizeBytes > (Bucket.parse(row).file_size_limit ?? Infinity))
    throw no(413, "Payload too large", "The object exceeded the maximum allowed size");
}

async function download(sql: Sql, bucket: string, name: string): Promise<Reply> {
  const [row] = await sql("select * from storage.objects where bucket_id = $1 and name = $2", [
    bucket,
    name,
  ]);
  if (!row) throw no(404, "not_found", "Object not found");
  await sql("reset role");
  const { id } = ObjectRow.parse(row);
  const [found] = await sql("select bytes from storage.bytes where object_id = $1", [id]);
  const headers = { "content-type": "application/octet-stream" };
  return { status: 200, body: Bytes.parse(found).bytes, headers };
}

/** Files of one folder, and its folders as entries without an id. */
async function list(sql: Sql, asked: Asked, bucket: string): Promise<Reply> {
  const { prefix, limit, offset } = Listing.parse(jsonOf(asked));
  const folder = prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
  const rows = await sql(
    "select * from storage.objects where bucket_id = $1 and starts_with(name, $2) order by name",
    [bucket, folder],
  );
  const entries = new Map<string, unknown>();
  for (const row of z.array(ObjectRow).parse(rows)) {
    const [name = "", ...below] = row.name.slice(folder.length).split("/");
    const file = { ...row, name, last_accessed_at: row.updated_at };
    const nothing = { id: null, metadata: null, created_at: null, updated_at: null };
    entries.set(name, below.length === 0 ? file : { ...nothing, name, last_accessed_at: null });
  }
  return { status: 200, body: [...entries.values()].slice(offset, offset + limit) };
}

async function remove(sql: Sql, asked: Asked, bucket: string): Promise<Reply> {
  const { prefixes } = Removal.parse(jsonOf(asked));
  const rows = await sql(
    "delete from storage.objects where bucket_id = $1 and name = any ($2) returning *",
    [bucket, prefixes],
  );
  return { status: 200, body: rows };
}

/** The storage answers 400 and says what it means in the body. */
const no = (status: number, error: string, message: string): Refused =>
  refuse(400, { statusCode: String(status), error, message });

export const storageRefusesToken = (message: string): Refused => no(403, "Unauthorized", message);

function storageErrorOf(error: unknown): unknown {
  if (error instanceof Refused || !(error instanceof pg.DatabaseError)) return error;
  if (error.code === "42501") return no(403, "Unauthorized", error.message);
  if (error.code === "23505") return no(409, "Duplicate", "The resource already exists");
  if (error.code === "23503") return no(404, "Bucket not found", "Bucket not found");
  return refuse(500, { statusCode: "500", error: error.code, message: error.message });
}
