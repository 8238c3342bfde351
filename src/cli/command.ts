// What a command is: how it is used, in words and options, and what it does.
import type { Check } from "../contract/system.ts";
import type { Client } from "../rpc/client.ts";
import type { StartServe } from "../host/entry/serve.ts";
import type { Io } from "./io.ts";
import type { OptionSpecs } from "./options.ts";
import type { Terminal } from "./terminal/terminal.ts";

export interface CommandHelp {
  /** `aetheria search QUERY [--json]` */
  usage: readonly string[];
  /** A paragraph in plain words. */
  about: string;
  options: OptionSpecs;
  examples: readonly string[];
}

export interface Command {
  help: CommandHelp;
  /** Returns the exit code; throws AetheriaError for everything that is worth a sentence. */
  run(args: string[], context: CommandContext): Promise<number>;
}

/** A client and the way to let go of it; an in-process host is closed with it. */
export interface OpenedClient {
  client: Client;
  /** The address of the running host; null: the host lives in this process. */
  url: string | null;
  close(): Promise<void>;
}

/** What commands reach for outside the command line; tests hand in their own. */
export interface CommandParts {
  openClient(place: { dataDir: string; env: Io["env"] }): Promise<OpenedClient>;
  startServe: StartServe;
  /** Opens the person's browser; false: there is none to be seen. */
  openBrowser(url: string): Promise<boolean>;
  /** The doctor's checks on a machine whose host will not start, and why not. */
  doctorWithoutHost(dataDir: string, env: Io["env"], reason: unknown): Promise<Check[]>;
}

export interface CommandContext {
  io: Io;
  terminal: Terminal;
  parts: CommandParts;
  dataDir: string;
  json: boolean;
}
