// What one run carries from turn to turn.
import type { AetheriaError } from "../../contract/errors.ts";
import type { RunId } from "../../contract/ids.ts";
import type { ModelRef } from "../../contract/session.ts";
import type { ToolDescription } from "../../contract/tool.ts";
import type { Shortfalls } from "./answer-end.ts";
import type { RepeatGuard } from "./limits.ts";
import type { RunPorts } from "./run-ports.ts";

/** An agent is the ports and its tools' descriptions: nothing is made until it runs. */
export type Agent = {
  readonly ports: RunPorts;
  readonly tools: readonly ToolDescription[];
  readonly toolNames: ReadonlySet<string>;
};

export type Loop = {
  agent: Agent;
  runId: RunId;
  signal: AbortSignal;
  model: ModelRef;
  /** Real tokens per estimated token, from what the provider counted last. */
  calibration: number;
  estimatedTokens: number;
  /** Of the model that was asked last. */
  windowTokens: number;
  /** The most a provider's refusal left of it. */
  mostTokens: number;
  shortfalls: Shortfalls;
  guard: RepeatGuard;
  told: Set<string>;
  ended: AetheriaError | null;
};
