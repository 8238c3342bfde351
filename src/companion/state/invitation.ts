// What the address that opened this page brought along in its fragment, which no server ever saw: a
// token, a code to pair with, or a key handed over by another device. Read once, then taken out.
export type Invitation =
  | { kind: "token"; token: string }
  | { kind: "pair"; code: string }
  /** The whole fragment, for cloud/link-code.ts. */
  | { kind: "link"; fragment: string };

/** `history` keeps no secret: the address is replaced. */
export function takeInvitation(): Invitation | null {
  const invitation = readInvitation(location.hash);
  if (invitation) history.replaceState(null, "", location.pathname + location.search);
  return invitation;
}

export function readInvitation(fragment: string): Invitation | null {
  if (fragment.startsWith("#link=")) return { kind: "link", fragment };
  const given = new URLSearchParams(fragment.slice(1));
  const token = given.get("token");
  if (token) return { kind: "token", token };
  const code = given.get("pair");
  return code ? { kind: "pair", code } : null;
}
