import { expect, it } from "vitest";
import { SessionId } from "../../contract/ids.ts";
import { readInvitation } from "./invitation.ts";
import { readSpot, writeSpot } from "./place.svelte.ts";

it("goes through an address and back", () => {
  const spot = { tab: "files", sessionId: SessionId.parse("a/b#c") } as const;
  expect(readSpot(writeSpot(spot))).toEqual(spot);
  expect(readSpot(writeSpot({ tab: "chat", sessionId: null }))).toEqual({
    ...{ tab: "chat", sessionId: null },
  });
});

it.each(["", "#", "#nowhere", "#chat/", `#chat/${"x".repeat(65)}`])(
  "takes “%s” for the list of sessions",
  (fragment) => {
    expect(readSpot(fragment)).toEqual({ tab: "chat", sessionId: null });
  },
);

it("tells what an address invites to", () => {
  expect(readInvitation("#token=abc")).toEqual({ kind: "token", token: "abc" });
  expect(readInvitation("#pair=K7QF-2M9X&pin=sha256%2Fabc")).toEqual({
    ...{ kind: "pair", code: "K7QF-2M9X" },
  });
  expect(readInvitation("#link=eyJ2")).toEqual({ kind: "link", fragment: "#link=eyJ2" });
  expect(readInvitation("#chat/s-1")).toBeNull();
  expect(readInvitation("#token=")).toBeNull();
});
