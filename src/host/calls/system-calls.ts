// system.* and tool.list: what a client asks once, about the host as a whole.
import { contractVersion } from "../../contract/version.ts";
import type { ErrorData } from "../../contract/errors.ts";
import type { Check, EgressEntry, Spending } from "../../contract/system.ts";
import type { SessionId } from "../../contract/ids.ts";
import type { Tool } from "../../core/ports.ts";
import type { Handlers } from "../../rpc/server.ts";

export type SystemParts = {
  version: string;
  platform: string;
  home: string;
  notices(): readonly ErrorData[];
  doctor(): Promise<Check[]>;
  spending(): Spending;
  egressLog(sessionId: SessionId | undefined, limit: number): EgressEntry[];
  tools: ReadonlyMap<string, Tool>;
};

export function createSystemCalls(
  parts: SystemParts,
): Pick<Handlers, Extract<keyof Handlers, `system.${string}` | "tool.list">> {
  return {
    "system.hello": () => ({
      contractVersion,
      version: parts.version,
      platform: parts.platform,
      home: parts.home,
      notices: [...parts.notices()],
    }),
    "system.doctor": async () => ({ checks: await parts.doctor() }),
    "system.spending": () => parts.spending(),
    "system.egress": ({ sessionId, limit }) => ({
      entries: parts.egressLog(sessionId, Math.min(limit, 2_000)),
    }),
    "tool.list": () => ({ tools: [...parts.tools.values()].map((tool) => tool.description) }),
  };
}
