// The bucket: an account the files of its own folder, nobody else any.
import { expect } from "vitest";
import { count, noRow, refused, type Proof } from "./proof.ts";
import { ann, bob, type Stage } from "./stage.ts";

export function fileProofs(): Proof[] {
  const proof = (name: string, holds: Proof["holds"]): Proof => ({ name: `files: ${name}`, holds });
  const insert = (bucket: string, name: string) =>
    `insert into storage.objects (bucket_id, name) values ('${bucket}', '${name}')`;
  const change = `metadata = '{"size": 9}'`;
  const changed = (stage: Stage, who: string) =>
    count(
      stage.root("select from storage.objects where name like $1 and metadata ->> 'size' = '9'", [
        `${who}/%`,
      ]),
    );
  const left = (stage: Stage, who: string) =>
    count(stage.root("select from storage.objects where name like $1", [`${who}/%`]));
  return [
    proof("the bucket is private", async (stage) =>
      expect(await stage.root("select public from storage.buckets where id = 'mirror'")).toEqual([
        { public: false },
      ]),
    ),
    proof("who is not signed in reads none", async (stage) =>
      expect(await count(stage.as("nobody", "select from storage.objects"))).toBe(0),
    ),
    proof("who is not signed in inserts none", (stage) =>
      refused(stage.as("nobody", insert("mirror", "x/y/0")), noRow),
    ),
    proof("an account reads its own", async (stage) =>
      expect(await count(stage.as("ann", "select from storage.objects"))).toBe(1),
    ),
    proof("nobody else reads them", async (stage) =>
      expect(await stage.as("bob", "select name from storage.objects")).toEqual([
        { name: `${bob}/attachment/0` },
      ]),
    ),
    proof("an account inserts its own", async (stage) => {
      await stage.as("ann", insert("mirror", `${ann}/attachment/1`));
      expect(await left(stage, ann)).toBe(2);
    }),
    proof("nobody else inserts them", (stage) =>
      refused(stage.as("bob", insert("mirror", `${ann}/attachment/1`)), noRow),
    ),
    proof("nothing is inserted outside of a folder", (stage) =>
      refused(stage.as("bob", insert("mirror", bob)), noRow),
    ),
    proof("nothing is inserted into another bucket", (stage) =>
      refused(stage.as("bob", insert("other", `${bob}/attachment/1`)), noRow),
    ),
    proof("an account updates its own", async (stage) => {
      await stage.as("ann", `update storage.objects set ${change}`);
      expect(await changed(stage, ann)).toBe(1);
    }),
    proof("nobody else updates them", async (stage) => {
      await stage.as("bob", `update storage.objects set ${change}`);
      expect(await changed(stage, ann)).toBe(0);
    }),
    proof("are not moved to another account", (stage) =>
      refused(stage.as("bob", `update storage.objects set name = '${ann}/attachment/1'`), noRow),
    ),
    proof("are not moved to another bucket", (stage) =>
      refused(stage.as("bob", "update storage.objects set bucket_id = 'other'"), noRow),
    ),
    proof("an account deletes its own", async (stage) => {
      await stage.as("ann", "delete from storage.objects");
      expect(await left(stage, ann)).toBe(0);
    }),
    proof("nobody else deletes them", async (stage) => {
      await stage.as("bob", "delete from storage.objects");
      expect(await left(stage, ann)).toBe(1);
    }),
  ];
}
