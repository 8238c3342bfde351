// The shape of the activity: what a node is, and what it can be.
import type { Usage } from "../../contract/session.ts";
import type { Item, Trace } from "./view.ts";

export type ActivityKind =
  | "message"
  | "plan"
  | "reasoning"
  | "answer"
  /** A turn of the model that wrote nothing of its own. */
  | "model"
  | "tool"
  /** Calls that were asked for together. */
  | "calls"
  | "approval"
  | "compacted"
  | "resumed"
  | "retried"
  | "agent"
  | "artifact"
  | "memory"
  | "forked"
  | "end";

export type ActivityState =
  "waiting" | "running" | "done" | "failed" | "denied" | "stopped" | "unknown" | "limit";

export type ActivitySource = Item | Trace;

export type ActivityNode = {
  /** Stays the same while the node changes. */
  key: string;
  kind: ActivityKind;
  /** Its place in the log. */
  seq: number;
  /** Milliseconds since the epoch; `until` is null while it goes on. */
  from: number;
  until: number | null;
  /** How long it worked; without the wait for an answer. Null where nothing tells. */
  ms: number | null;
  /** Since when the model was busy with deciding on it, where no node of its own shows that. */
  modelFrom: number | null;
  state: ActivityState;
  /** A tool's or an agent's own name; empty where the kind says it all. */
  name: string;
  /** One line, as the log has it. */
  summary: string;
  /** With all that is below it; null where no tokens were counted. */
  spent: Usage | null;
  source: ActivitySource;
  children: readonly ActivityNode[];
};

/** What one root is built from; open while its run goes on. */
export type ActivityPart = { sources: readonly ActivitySource[]; isOpen: boolean };
