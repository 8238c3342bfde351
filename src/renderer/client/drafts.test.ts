import { expect, it } from "vitest";
import { SessionId } from "../../contract/ids.ts";
import { AttachmentRef } from "../../contract/session.ts";
import { Drafts } from "./drafts.ts";

const sessionId = SessionId.parse("01900000-0000-7000-8000-000000000001");
const other = SessionId.parse("01900000-0000-7000-8000-000000000002");

it("adds words to what is written, one gap between them", () => {
  const drafts = new Drafts();
  drafts.add(sessionId, "@a.md");
  expect(drafts.load(sessionId)).toBe("@a.md ");
  drafts.add(sessionId, "@b.md");
  expect(drafts.load(sessionId)).toBe("@a.md @b.md ");
  drafts.save(sessionId, "Look at");
  drafts.add(sessionId, "@c.md");
  expect(drafts.load(sessionId)).toBe("Look at @c.md ");
  drafts.save(sessionId, "Look:\n");
  drafts.add(sessionId, "@d.md");
  expect(drafts.load(sessionId)).toBe("Look:\n@d.md ");
});

it("tells the composer of that session, the newest one, until it is gone", () => {
  const drafts = new Drafts();
  const told: string[] = [];
  const first = drafts.follow(sessionId, (text) => told.push(`first ${text}`));
  const second = drafts.follow(sessionId, (text) => told.push(`second ${text}`));
  drafts.follow(other, (text) => told.push(`other ${text}`));
  first();
  drafts.add(sessionId, "@a");
  second();
  drafts.add(sessionId, "@b");
  expect(told).toEqual(["second @a "]);
});

it("keeps nothing of a session that was deleted", () => {
  const drafts = new Drafts();
  drafts.save(other, "for another one");
  const ref = { sha256: "a".repeat(64), name: "a.md", mime: "text/markdown", sizeBytes: 1 };
  drafts.begin(sessionId, "a secret", [AttachmentRef.parse(ref)]);
  drafts.forget(sessionId);
  expect(new Drafts().load(sessionId)).toBe("");
  expect(drafts.load(sessionId)).toBe("");
  expect(drafts.takeFiles(sessionId)).toEqual([]);
  expect(drafts.load(other)).toBe("for another one");
});
