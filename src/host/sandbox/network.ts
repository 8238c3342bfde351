// The way out of a sandbox: connections that code made to the proxy inside come out here. The egress
// room fills this and decides; the sandbox room only carries bytes.
import type { Duplex } from "node:stream";
import type { SessionId } from "../../contract/ids.ts";

export interface SandboxNetwork {
  /** Serves one connection as an HTTP proxy (CONNECT included). `hosts` are those of the run that is
   * under way, besides the session's own; `blocked` is told of each host that was refused. */
  serve(connection: Duplex, from: SandboxCaller): void;
}

export type SandboxCaller = {
  sessionId: SessionId;
  hosts(): readonly string[];
  blocked(host: string): void;
};
