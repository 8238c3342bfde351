// What the palette offers for what is typed, in groups. Pure.
import type { SessionId } from "../../../contract/ids.ts";
import type { SearchHit, SessionSummary } from "../../../contract/session.ts";
import type { ToolDescription } from "../../../contract/tool.ts";
import type { Command } from "../../client/commands.svelte.ts";
import { ranked } from "./rank.ts";

export type Entry =
  | { kind: "command"; id: string; command: Command }
  | { kind: "tool"; id: string; tool: ToolDescription }
  /** What is typed, as a message. */
  | { kind: "ask"; id: string; text: string }
  | { kind: "message"; id: string; hit: SearchHit }
  | { kind: "file"; id: string; path: string }
  | { kind: "session"; id: string; sessionId: SessionId; title: string; updatedAt: number };

export const groupNames = ["actions", "messages", "files", "sessions", "goTo"] as const;
export type GroupName = (typeof groupNames)[number];
export type Group = { name: GroupName; entries: readonly Entry[] };

export interface Offer {
  query: string;
  /** Those that can be done now. */
  commands: readonly Command[];
  tools: readonly ToolDescription[];
  sessions: readonly SessionSummary[];
  hits: readonly SearchHit[];
  files: readonly string[];
  /** What a session without a title is called. */
  untitled: string;
}

const limits = { actions: 6, tools: 4, messages: 12, files: 6, sessions: 5, goTo: 6 } as const;

const leads = ({ area }: Command): boolean => area === "apps" || area === "settings";

export function groupsOf(offer: Offer): Group[] {
  const groups = {
    actions: actionsOf(offer),
    messages: offer.hits.slice(0, limits.messages).map(messageEntry),
    files: offer.files.slice(0, limits.files).map(fileEntry),
    sessions: sessionsOf(offer),
    goTo: ranked(offer.commands.filter(leads), offer.query, ({ title }) => title)
      .slice(0, limits.goTo)
      .map(commandEntry),
  };
  return groupNames
    .map((name) => ({ name, entries: groups[name] }))
    .filter(({ entries }) => entries.length > 0);
}

function actionsOf({ query, commands, tools }: Offer): Entry[] {
  const text = query.trim();
  const acts = commands.filter((command) => !leads(command) && command.id !== "palette.open");
  const done = ranked(acts, query, ({ title }) => title).slice(0, limits.actions);
  if (text === "") return done.map(commandEntry);
  const byHand = ranked(tools, query, ({ title, name }) => `${title} ${name}`);
  return [
    ...done.map(commandEntry),
    ...byHand.slice(0, limits.tools).map(toolEntry),
    { kind: "ask", id: "ask", text },
  ];
}

const sessionsOf = ({ query, sessions, untitled }: Offer): Entry[] =>
  ranked(
    sessions.map((session) => ({ ...session, title: session.title || untitled })),
    query,
    ({ title }) => title,
  )
    .slice(0, limits.sessions)
    .map(({ sessionId, title, updatedAt }) => ({
      kind: "session",
      id: `session-${sessionId}`,
      sessionId,
      title,
      updatedAt,
    }));

const commandEntry = (command: Command): Entry => ({
  kind: "command",
  id: `command-${command.id}`,
  command,
});
const toolEntry = (tool: ToolDescription): Entry => ({
  kind: "tool",
  id: `tool-${tool.name}`,
  tool,
});
const messageEntry = (hit: SearchHit): Entry => ({
  kind: "message",
  id: `message-${hit.sessionId}-${hit.seq}`,
  hit,
});
const fileEntry = (path: string): Entry => ({ kind: "file", id: `file-${path}`, path });

/** The entry that Enter means until another is chosen: never to ask, because one may be quicker than
 * the search. */
export const firstChoice = (entries: readonly Entry[]): Entry | undefined =>
  entries.find(({ kind }) => kind !== "ask");

/** The entry `by` places further, around the end. */
export function moved(entries: readonly Entry[], from: string | undefined, by: number): string {
  const at = entries.findIndex(({ id }) => id === from);
  const next = at === -1 ? 0 : (at + by + entries.length) % entries.length;
  return entries[next]?.id ?? "";
}
