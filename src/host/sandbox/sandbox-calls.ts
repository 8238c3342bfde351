// The calls sandbox.*: what a person sees of a session's sandbox and does to it.
import { AetheriaError } from "../../contract/errors.ts";
import type { SessionId } from "../../contract/ids.ts";
import { readHosts } from "../../core/permission/named-hosts.ts";
import type { Sandbox } from "../../core/sandbox-ports.ts";
import type { Handlers } from "../../rpc/server.ts";
import type { RunBoard } from "./run-board.ts";
import type { HostSandboxes } from "./sandboxes.ts";

export type SandboxCallsNeeds = {
  /** Made when first asked for. */
  sandboxes(): Promise<Pick<HostSandboxes, "state" | "stop" | "stopBuild">>;
  current(sessionId: SessionId): Sandbox | null;
  board: RunBoard;
  /** The hosts this session's code may reach. */
  hosts: {
    allow(sessionId: SessionId, host: string): void;
    deny(sessionId: SessionId, host: string): void;
    allowedHosts(sessionId: SessionId): string[];
  };
  /** Throws not_found. */
  checkSession(sessionId: SessionId): void;
  /** Puts it into the session's log. */
  consent(sessionId: SessionId, machine: boolean): void;
  changed(sessionId: SessionId): void;
};

type SandboxCalls = Pick<Handlers, Extract<keyof Handlers, `sandbox.${string}`>>;

export function createSandboxCalls(needs: SandboxCallsNeeds): SandboxCalls {
  const { sandboxes, current, board, hosts, checkSession, consent, changed } = needs;
  const running = (sessionId: SessionId, processId: string): Sandbox => {
    checkSession(sessionId);
    const sandbox = current(sessionId);
    if (sandbox?.processes().some((one) => one.processId === processId)) return sandbox;
    throw new AetheriaError("not_found", "This process is not there any more.");
  };

  return {
    "sandbox.status": async ({ sessionId }) => {
      checkSession(sessionId);
      const state = await (await sandboxes()).state(sessionId);
      return {
        ...state,
        runs: board.runs(sessionId),
        allowedHosts: hosts.allowedHosts(sessionId),
        blockedHosts: board.blocked(sessionId),
      };
    },
    "sandbox.restart": async ({ sessionId }) => {
      checkSession(sessionId);
      await (await sandboxes()).stop(sessionId);
      changed(sessionId);
      return {};
    },
    "sandbox.reset": async ({ sessionId, language }) => {
      checkSession(sessionId);
      await current(sessionId)?.reset(language);
      changed(sessionId);
      return {};
    },
    "sandbox.stopProcess": async ({ sessionId, processId }) => {
      await running(sessionId, processId).stopProcess(processId);
      changed(sessionId);
      return {};
    },
    "sandbox.processOutput": ({ sessionId, processId, from }) =>
      running(sessionId, processId).output(processId, Math.max(0, Math.trunc(from))),
    "sandbox.host": ({ sessionId, host, allowed }) => {
      checkSession(sessionId);
      const [named] = readHosts([host]);
      if (named === undefined) return {};
      if (allowed) hosts.allow(sessionId, named);
      else hosts.deny(sessionId, named);
      if (allowed) board.settled(sessionId, named);
      changed(sessionId);
      return {};
    },
    "sandbox.consent": async ({ sessionId, machine }) => {
      checkSession(sessionId);
      consent(sessionId, machine);
      if (!machine && current(sessionId)?.tier === "machine")
        await (await sandboxes()).stop(sessionId);
      changed(sessionId);
      return {};
    },
    "sandbox.stopBuild": async () => {
      (await sandboxes()).stopBuild();
      return {};
    },
  };
}
