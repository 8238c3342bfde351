// What Supabase's storage does for supabase-js: objects of private buckets, each one a row of
// storage.objects that whoever asks must be allowed to touch.
import type { Claims, Database, Query } from "./database.ts";
import { isSomebody, jsonOf, whoAsks, type Ask, type Reply, type Room } from "./http.ts";
import type { Tokens } from "./tokens.ts";

/** `file_size_limit` of supabase/config.toml. */
const mostBytes = 2 * 2 ** 20;

/** It answers 400 and puts what it means into the body. */
class StorageError extends Error {
  readonly statusCode: number;
  readonly error: string;
  constructor(statusCode: number, error: string, message: string) {
    super(message);
    this.statusCode = statusCode;
    this.error = error;
  }
}
const notFound = () => new StorageError(404, "not_found", "Object not found");

export function createStorage(database: Database, tokens: Tokens): Room {
  return async (ask) => {
    try {
      const who = whoAsks(ask, tokens);
      if (who === null)
        throw new StorageError(400, "Error", "headers must have required property 'authorization'");
      if (!who.ok)
        throw new StorageError(
          403,
          "Unauthorized",
          who.why === "expired"
            ? '"exp" claim timestamp check failed'
            : "signature verification failed",
        );
      return await answer(ask, who.claims, database);
    } catch (error) {
      return refusal(error);
    }
  };
}

function refusal(error: unknown): Reply {
  const code = (error as { code?: string }).code;
  const known =
    code === "42501"
      ? new StorageError(403, "Unauthorized", "new row violates row-level security policy")
      : code === "23505"
        ? new StorageError(409, "Duplicate", "The resource already exists")
        : error;
  if (!(known instanceof StorageError)) throw error;
  const { statusCode, message } = known;
  return {
    status: 400,
    body: { statusCode: String(statusCode), error: known.error, message },
  };
}

async function answer(ask: Ask, claims: Claims, database: Database): Promise<Reply> {
  const [kind, ...rest] = ask.path;
  if (kind !== "object") throw new StorageError(404, "not_found", `This gateway has no ${kind}`);
  if (ask.method === "POST" && rest[0] === "list") {
    await checkBucket(rest[1], database);
    return list(ask, rest[1]!, claims, database);
  }
  const [bucket, ...names] = rest[0] === "authenticated" ? rest.slice(1) : rest;
  await checkBucket(bucket, database);
  const name = names.join("/");
  if (ask.method === "POST" || ask.method === "PUT")
    return upload(ask, { bucket: bucket!, name }, claims, database);
  if (ask.method === "GET") return download(bucket!, name, claims, database);
  if (ask.method === "DELETE") {
    const named = jsonOf(ask)["prefixes"];
    const prefixes = Array.isArray(named) ? named.map(String) : [name];
    return remove(bucket!, prefixes, claims, database);
  }
  throw new StorageError(405, "method_not_allowed", ask.method);
}

async function checkBucket(bucket: string | undefined, database: Database): Promise<void> {
  const { rowCount } = await database.admin("select 1 from storage.buckets where id = $1", [
    bucket,
  ]);
  if (rowCount === 0) throw new StorageError(404, "Bucket not found", "Bucket not found");
}

type Place = { bucket: string; name: string };

/** The row as whoever asks; then its bytes, which no role but the storage itself may touch. */
async function upload(
  ask: Ask,
  { bucket, name }: Place,
  claims: Claims,
  database: Database,
): Promise<Reply> {
  if (ask.body.length > mostBytes)
    throw new StorageError(
      413,
      "Payload too large",
      "The object exceeded the maximum allowed size",
    );
  const isUpsert = ask.method === "PUT" || ask.headers["x-upsert"] === "true";
  const metadata = { size: ask.body.length, mimetype: ask.headers["content-type"] };
  const again = isUpsert
    ? `on conflict (bucket_id, name) do update set metadata = excluded.metadata, updated_at = now(),
        owner = excluded.owner, owner_id = excluded.owner_id`
    : "";
  const id = await database.as(claims, async (query) => {
    const { rows } = await query(
      `insert into storage.objects (bucket_id, name, owner, owner_id, metadata)
       values ($1, $2, $3, $4, $5) ${again} returning id`,
      [bucket, name, ownerOf(claims), ownerOf(claims), JSON.stringify(metadata)],
    );
    await asStorage(query);
    await query(
      `insert into storage.blobs (object_id, bytes) values ($1, $2)
       on conflict (object_id) do update set bytes = excluded.bytes`,
      [rows[0]?.["id"], ask.body],
    );
    return rows[0]?.["id"];
  });
  return { status: 200, body: { Id: id, Key: `${bucket}/${name}` } };
}

const ownerOf = (claims: Claims): string | null => (isSomebody(claims) ? claims.sub : null);
const asStorage = (query: Query) => query("set local role supabase_storage_admin");

async function download(
  bucket: string,
  name: string,
  claims: Claims,
  database: Database,
): Promise<Reply> {
  const found = await database.as(claims, async (query) => {
    const seen = await query(
      "select id, metadata from storage.objects where bucket_id = $1 and name = $2",
      [bucket, name],
    );
    if (seen.rows[0] === undefined) throw notFound();
    await asStorage(query);
    const blob = await query("select bytes from storage.blobs where object_id = $1", [
      seen.rows[0]["id"],
    ]);
    return { bytes: blob.rows[0]?.["bytes"], metadata: seen.rows[0]["metadata"] };
  });
  const { mimetype } = (found.metadata ?? {}) as { mimetype?: string };
  const headers = { "content-type": mimetype ?? "application/octet-stream" };
  return { status: 200, headers, body: found.bytes };
}

async function remove(
  bucket: string,
  names: string[],
  claims: Claims,
  database: Database,
): Promise<Reply> {
  const { rows } = await database.as(claims, (query) =>
    query("delete from storage.objects where bucket_id = $1 and name = any ($2) returning *", [
      bucket,
      names,
    ]),
  );
  return { status: 200, body: rows };
}

/** One level: objects with their row, folders with a name only. */
async function list(ask: Ask, bucket: string, claims: Claims, database: Database): Promise<Reply> {
  const body = jsonOf(ask);
  const folder = String(body["prefix"] ?? "").replace(/\/+$/, "");
  const start = folder === "" ? "" : `${folder}/`;
  const { rows } = await database.as(
    claims,
    (query) =>
      query(
        `select rest as name, (array_agg(id))[1] as id, min(created_at) as created_at,
           max(updated_at) as updated_at, (array_agg(metadata))[1] as metadata
         from (
           select split_part(substr(name, length($2::text) + 1), '/', 1) as rest,
             case when position('/' in substr(name, length($2::text) + 1)) = 0 then id end as id,
             created_at, updated_at, metadata
           from storage.objects where bucket_id = $1 and starts_with(name, $2)) o
         group by rest order by rest limit $3 offset $4`,
        [bucket, start, Number(body["limit"] ?? 100), Number(body["offset"] ?? 0)],
      ),
    "read only",
  );
  return { status: 200, body: rows.map((row) => (row["id"] === null ? folderRow(row) : row)) };
}

const folderRow = (row: Record<string, unknown>) => ({
  ...{ name: row["name"], id: null, created_at: null, updated_at: null, metadata: null },
});
