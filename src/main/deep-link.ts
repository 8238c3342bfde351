// What an aetheria:// address may lead to: a session, a new one, a page of settings. Anybody can write
// such a link, so it never does anything and everything else is refused. Pure.
//   aetheria://session/ID[?seq=N][&app=NAME] · aetheria://new[?draft=TEXT] · aetheria://settings[/SECTION]
//   aetheria://auth-callback?code=CODE (or error=…), as the mirror's server writes it
import * as z from "zod/mini";
import { Destination } from "../contract/desktop.ts";

const longestLink = 25_000;
/** `.` and `..` in the path: a link of ours climbs nowhere. */
const hasDots = /^[^?]*\/(\.|%2e){1,2}([/?#]|$)/i;

const Id = z.string().check(z.regex(/^[\w-]{1,64}$/));
const Seq = z.string().check(z.regex(/^\d{1,15}$/));
const Told = z.optional(z.string().check(z.maxLength(2_000)));
/** A section of the settings, or an app: the page knows which there are. */
const Section = z.string().check(z.regex(/^[a-z][a-z-]{0,39}$/));

const Link = z.discriminatedUnion("host", [
  z.strictObject({
    host: z.literal("session"),
    path: z.tuple([Id]),
    query: z.strictObject({ seq: z.optional(Seq), app: z.optional(Section) }),
  }),
  z.strictObject({
    host: z.literal("new"),
    path: z.tuple([]),
    query: z.strictObject({ draft: z.optional(z.string()) }),
  }),
  z.strictObject({
    host: z.literal("settings"),
    path: z.union([z.tuple([]), z.tuple([Section])]),
    query: z.strictObject({}),
  }),
  z.strictObject({
    host: z.literal("auth-callback"),
    path: z.tuple([]),
    query: z.strictObject({
      ...{ code: Told, sb_flow_id: Told },
      ...{ error: Told, error_code: Told, error_description: Told },
    }),
  }),
]);
type Link = z.infer<typeof Link>;

/** null: nothing we know, or not written as we write it. */
export function parseDeepLink(text: string): Destination | null {
  const parts = text.length <= longestLink ? partsOf(text) : null;
  const link = Link.safeParse(parts);
  if (!link.success) return null;
  return Destination.safeParse(destinationOf(link.data)).data ?? null;
}

function destinationOf(link: Link): unknown {
  switch (link.host) {
    case "session": {
      const { seq, app } = link.query;
      const at = seq === undefined ? {} : { seq: Number(seq) };
      const shown = app === undefined ? {} : { app };
      return { kind: "session", sessionId: link.path[0], ...at, ...shown };
    }
    case "new":
      return { kind: "new", ...link.query };
    case "settings":
      return link.path[0] === undefined
        ? { kind: "settings" }
        : { kind: "settings", section: link.path[0] };
    case "auth-callback":
      return {
        kind: "signIn",
        callback: `aetheria://auth-callback?${new URLSearchParams(link.query)}`,
      };
  }
}

function partsOf(text: string): unknown {
  if (!/^aetheria:\/\/[a-z]/.test(text) || hasDots.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.protocol !== "aetheria:" || url.username || url.password || url.port || url.hash)
    return null;
  const names = [...url.searchParams.keys()];
  if (new Set(names).size !== names.length) return null;
  return {
    host: url.hostname,
    path: url.pathname.split("/").filter((part) => part !== ""),
    query: Object.fromEntries(url.searchParams),
  };
}
