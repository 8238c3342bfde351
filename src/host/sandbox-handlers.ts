// The calls about sandboxes and terminals, with what they need of the sessions and the way out.
import type { SessionId } from "../contract/ids.ts";
import type { Store } from "../core/ports.ts";
import type { Egress } from "./egress/egress.ts";
import { createSandboxCalls } from "./sandbox/sandbox-calls.ts";
import type { SandboxParts } from "./sandbox-parts.ts";
import { noSession } from "./sessions/session-log.ts";
import type { Sessions } from "./sessions/sessions.ts";
import { ids } from "./system-parts.ts";
import { openMachineTerminal } from "./terminals/machine-terminal.ts";
import { createTerminalCalls } from "./terminals/terminal-calls.ts";

type Needs = {
  env: Readonly<Record<string, string | undefined>>;
  store: Store;
  egress: Egress;
  sessions: Sessions;
  sandbox: SandboxParts;
};

export function createSandboxHandlers({ env, store, egress, sessions, sandbox }: Needs) {
  const checkSession = (sessionId: SessionId) => {
    if (!store.session(sessionId)) throw noSession();
  };
  const { close, ...terminalCalls } = createTerminalCalls({
    newId: ids.next,
    checkSession,
    open: {
      sandbox: async (sessionId, size, signal) => {
        const options = { signal, onProgress: () => undefined };
        return (await sandbox.sandboxes.open(sessionId, options)).openTerminal(size);
      },
      machine: (sessionId, size) =>
        openMachineTerminal(size, store.session(sessionId)?.workspace ?? null, env),
    },
  });
  const handlers = {
    ...terminalCalls,
    ...createSandboxCalls({
      sandboxes: sandbox.load,
      current: sandbox.sandboxes.current,
      ...{ board: sandbox.board, changed: sandbox.changed, hosts: egress.proxy, checkSession },
      consent: (sessionId, machineConsent) =>
        void sessions
          .live(sessionId)
          .append([{ type: "session.configured", data: { machineConsent } }], "full"),
    }),
  };
  return { handlers, closeTerminals: close };
}
