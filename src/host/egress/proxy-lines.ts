// What every way out through the proxy shares: lines that ask for connections, each decided, resolved
// once, pinned, logged, and cut when the right to it ends. Who may go where is the caller's to say.
import type { Duplex } from "node:stream";
import { AetheriaError } from "../../contract/errors.ts";
import type { SessionId } from "../../contract/ids.ts";
import type { Permit, Target } from "./permit.ts";
import {
  checkAddresses,
  checkLiteral,
  lookupBySystem,
  pinnedLookup,
  type Lookup,
  type ResolvedAddress,
} from "./pinned-lookup.ts";
import type { ProxyServer, WayOut } from "./proxy-server.ts";
import { sentenceOf } from "./proxy-words.ts";

/** Throws host_blocked or offline. */
export type Judge = (target: Target) => Permit;

/** How one connection is written down. */
export type Note = {
  /** It goes to this address. */
  out(address: string): void;
  refused(why: string): void;
};

/** Whoever asks for connections. One object for all lines that share a flood limit and an end. */
export type LineOwner = {
  sessionId: SessionId;
  /** More lines at once than this are a flood, and closed. */
  maxLines: number;
  /** The rules of this moment. */
  judge(): Judge;
  note(target: Target): Note;
  refused(target: Target, error: AetheriaError): void;
  /** Neither refused nor reached; `sentence` is what the other side was told. */
  failed?(target: Target, sentence: string): void;
  reached(target: Target): void;
  /** Reached, but the rules of this moment forbid it: the connection is ended in the middle. */
  forbidden?(target: Target, error: AetheriaError): void;
};

export interface ProxyLines {
  /** Serves one connection until it ends. */
  serve(connection: Duplex, owner: LineOwner, floodKey: unknown): void;
  /** Cuts what the rules of this moment do not allow. */
  enforce(): void;
  /** Cuts what leads away from this machine. */
  cutAway(): void;
  /** Ends the lines of these owners and what they opened. */
  drop(isMeant: (owner: LineOwner) => boolean): void;
}

type Link = {
  owner: LineOwner;
  target: Target;
  permit: Permit;
  addresses: readonly ResolvedAddress[];
  /** What its end looks like to the line is known and told already. */
  isForbidden: boolean;
  cut(): void;
};
type Told = {
  note: Note;
  linked(link: Link): () => void;
  failed(error: unknown): unknown;
};
type Line = { connection: Duplex; owner: LineOwner; floodKey: unknown };

/** How often it is looked whether an open connection is still allowed: its run may have ended. */
const lookEveryMs = 500;

export function createProxyLines(lookup: Lookup = lookupBySystem): ProxyLines {
  const links = new Set<Link>();
  const lines = new Set<Line>();
  let looking: NodeJS.Timeout | null = null;
  let server: Promise<ProxyServer> | null = null;
  const load = () => (server ??= import("./proxy-server.ts").then((m) => m.createProxyServer()));

  function enforce(): void {
    const judges = new Map<LineOwner, Judge>();
    for (const link of [...links]) {
      const judge = judges.get(link.owner) ?? link.owner.judge();
      judges.set(link.owner, judge);
      check(link, judge);
    }
  }

  /** Whoever waits for it hears the reason before the end. */
  function check(link: Link, judge: Judge): void {
    const problem = problemOf(link, judge);
    if (problem === null) return;
    link.isForbidden = true;
    link.owner.forbidden?.(link.target, problem);
    link.cut();
  }

  function open(link: Link): () => void {
    links.add(link);
    // The rules may have changed while it was on its way.
    check(link, link.owner.judge());
    looking ??= setInterval(enforce, lookEveryMs).unref();
    return () => {
      links.delete(link);
      if (links.size > 0 || looking === null) return;
      clearInterval(looking);
      looking = null;
    };
  }

  /** Throws host_blocked or offline, once it is written down. */
  function admit(target: Target, owner: LineOwner): WayOut {
    const note = owner.note(target);
    let link: Link | null = null;
    const linked = (made: Link) => open((link = made));
    const failed = (error: unknown): unknown => {
      if (link?.isForbidden === true) return error;
      if (error instanceof AetheriaError) {
        note.refused(error.message);
        owner.refused(target, error);
      } else owner.failed?.(target, sentenceOf(error));
      return error;
    };
    try {
      return wayOut(target, owner, { note, linked, failed });
    } catch (error) {
      throw failed(error);
    }
  }

  function wayOut(target: Target, owner: LineOwner, { note, linked, failed }: Told): WayOut {
    const permit = owner.judge()(target);
    const literal = checkLiteral(target.host, permit);
    if (literal !== null) note.out(literal);
    let addresses: readonly ResolvedAddress[] =
      literal === null ? [] : [{ address: literal, family: 0 }];
    return {
      target,
      lookup: pinnedLookup(lookup, permit, (_host, address, all) => {
        addresses = all;
        note.out(address);
      }),
      opened(cut) {
        owner.reached(target);
        return linked({ owner, target, permit, addresses, isForbidden: false, cut });
      },
      failed,
    };
  }

  return {
    serve(connection, owner, floodKey) {
      // Whatever breaks it: it is gone, and nobody needs to know more.
      connection.on("error", () => connection.destroy());
      const ofOne = [...lines].filter((line) => line.floodKey === floodKey);
      if (ofOne.length >= owner.maxLines) return void connection.destroy();
      const line = { connection, owner, floodKey };
      lines.add(line);
      connection.once("close", () => lines.delete(line));
      load().then(
        (loaded) => loaded.serve(connection, (target) => admit(target, owner)),
        () => connection.destroy(),
      );
    },
    enforce,
    cutAway() {
      for (const link of [...links]) if (link.permit.public || link.permit.private) link.cut();
    },
    drop(isMeant) {
      for (const { connection, owner } of [...lines]) if (isMeant(owner)) connection.destroy();
      for (const link of [...links]) if (isMeant(link.owner)) link.cut();
    },
  };
}

function problemOf({ target, addresses }: Link, judge: Judge): AetheriaError | null {
  try {
    checkAddresses(target.host, [...addresses], judge(target));
    return null;
  } catch (error) {
    if (error instanceof AetheriaError) return error;
    throw error;
  }
}
