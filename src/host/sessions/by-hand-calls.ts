// Tools that the person runs without the agent: logged, asked and shown like the agent's own calls.
import type { CallOutput } from "../../contract/calls.ts";
import { AetheriaError } from "../../contract/errors.ts";
import type { EventOf, SessionEvent } from "../../contract/events.ts";
import type { CallId } from "../../contract/ids.ts";
import type { RunPorts } from "../../core/agent/run-ports.ts";
import { runCall } from "../../core/agent/tool-call.ts";
import { summaryOf } from "../../core/agent/turn-log.ts";
import type { SessionLog } from "./session-log.ts";
import type { SessionPorts } from "./session-ports.ts";

type Finished = EventOf<"tool.finished">["data"];

export class ByHandCalls {
  readonly #log: SessionLog;
  readonly #ports: SessionPorts;
  readonly #runPorts: () => RunPorts;
  readonly #onIdle: () => void;
  readonly #waiting = new Map<CallId, (finished: Finished) => void>();
  readonly #stops = new Set<AbortController>();

  constructor(log: SessionLog, ports: SessionPorts, runPorts: () => RunPorts, onIdle: () => void) {
    this.#log = log;
    this.#ports = ports;
    this.#runPorts = runPorts;
    this.#onIdle = onIdle;
    log.onEvent((event) => {
      if (event.type === "tool.finished") this.#waiting.get(event.data.callId)?.(event.data);
    });
  }

  get isBusy(): boolean {
    return this.#stops.size > 0;
  }

  async run(name: string, input: unknown): Promise<CallOutput<"tool.run">> {
    const { ids, tools } = this.#ports;
    const tool = tools.get(name);
    if (!tool) {
      const known = [...tools.keys()].join(", ");
      throw new AetheriaError("not_found", `There is no tool named “${name}”.`, {
        hint: `There are: ${known}.`,
      });
    }
    const parsed = tool.parse(input);
    if (!parsed.ok) throw new AetheriaError("bad_input", parsed.problem);
    const callId = ids.next() as CallId;
    const { family, effect } = tool.description;
    const summary = summaryOf(name, input);
    const call = { callId, runId: null, by: "person", turn: 0, name, family, summary } as const;
    const finished = new Promise<Finished>((resolve) => this.#waiting.set(callId, resolve));
    this.#log.append([{ type: "tool.requested", data: { ...call, input, effect } }], "normal");
    const stop = new AbortController();
    this.#stops.add(stop);
    try {
      const requested = this.#log.transcript().calls.get(callId);
      if (requested) await runCall(this.#runPorts(), requested, stop.signal);
      const { outcome, text, view, files, labels, error } = await finished;
      const result = { outcome, text, files, labels, ...(view ? { view } : {}) };
      return { callId, result, ...(error ? { error } : {}) };
    } finally {
      this.#stops.delete(stop);
      this.#waiting.delete(callId);
      this.#onIdle();
    }
  }

  /** Calls made by hand, among these events, that died with the last host: nobody finishes them. */
  endDead(events: readonly SessionEvent[]): void {
    const dead = new Set<CallId>();
    for (const { type, data } of events) {
      if (type === "tool.requested" && data.runId === null) dead.add(data.callId);
      if (type === "tool.finished") dead.delete(data.callId);
    }
    const text = "Aetheria stopped while this ran. It may or may not have taken effect.";
    const end = { outcome: "unknown" as const, text, files: [], labels: [], ms: 0 };
    try {
      for (const callId of dead)
        if (!this.#waiting.has(callId))
          this.#log.append([{ type: "tool.finished", data: { callId, ...end } }], "full");
    } catch (error) {
      // A full disk must not keep the session from being read.
      this.#ports.onTrouble(error);
    }
  }

  stopAll(): void {
    for (const stop of this.#stops) stop.abort();
  }
}
