// One session that lives in this host: its log, its runs, its questions and its calls by hand, joined.
// It decides nothing: the core decides, the log keeps.
import type { CallInput, CallOutput, Push } from "../../contract/calls.ts";
import { AetheriaError } from "../../contract/errors.ts";
import type { NewEvent, SessionEvent } from "../../contract/events.ts";
import type { SessionId } from "../../contract/ids.ts";
import type { OpenParts } from "../../contract/mirror.ts";
import type { FileEffect } from "../../contract/tool.ts";
import type { RunPorts } from "../../core/agent/run-ports.ts";
import type { Transcript } from "../../core/agent/transcript.ts";
import type { Durability } from "../../core/ports.ts";
import { Answers } from "./answers.ts";
import { ByHandCalls } from "./by-hand-calls.ts";
import { SessionLog } from "./session-log.ts";
import type { SessionPorts } from "./session-ports.ts";
import { SessionRuns } from "./session-runs.ts";

export class LiveSession {
  readonly sessionId: SessionId;
  readonly #ports: SessionPorts;
  readonly #log: SessionLog;
  readonly #answers: Answers;
  readonly #byHand: ByHandCalls;
  readonly #runs: SessionRuns;

  constructor(sessionId: SessionId, ports: SessionPorts, send: (push: Push) => void) {
    this.sessionId = sessionId;
    this.#ports = ports;
    this.#log = new SessionLog(sessionId, ports, send);
    this.#answers = new Answers(this.#log);
    const runPorts = () => this.#runPorts();
    const onIdle = () => this.#rest();
    this.#byHand = new ByHandCalls(this.#log, ports, runPorts, onIdle);
    const isByHandBusy = () => this.#byHand.isBusy;
    this.#runs = new SessionRuns(this.#log, ports, { runPorts, isByHandBusy, onIdle });
  }

  get isBusy(): boolean {
    return this.#runs.isBusy || this.#byHand.isBusy;
  }

  /** Whoever keeps sessions may forget this one, unless it is watched. */
  #rest(): void {
    if (!this.isBusy) this.#ports.idle(this.sessionId);
  }

  snapshot(from: number | undefined): CallOutput<"session.open"> {
    return this.#log.snapshot(from);
  }

  open(): OpenParts {
    return this.#log.open();
  }

  transcript(): Transcript {
    return this.#log.transcript();
  }

  append(events: NewEvent[], durability: Durability): SessionEvent[] {
    return this.#log.append(events, durability);
  }

  send(input: CallInput<"session.send">): Promise<CallOutput<"session.send">> {
    return this.#runs.send(input);
  }

  stop(): Promise<boolean> {
    this.#byHand.stopAll();
    return this.#runs.stop();
  }

  retry(): Promise<void> {
    return this.#runs.retry();
  }

  rewind(toSeq: number, changes?: FileEffect[]): void {
    this.#runs.rewind(toSeq, changes);
  }

  /** See SessionRuns.alone. */
  alone<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.#runs.alone(work);
  }

  resume(): void {
    this.#runs.resume();
  }

  answer(input: CallInput<"approval.answer">): void {
    this.#answers.answer(input);
  }

  async runByHand(name: string, input: unknown): Promise<CallOutput<"tool.run">> {
    this.#runs.refuseWhileAlone();
    return this.#byHand.run(name, input);
  }

  endDeadCalls(events: readonly SessionEvent[]): void {
    this.#byHand.endDead(events);
  }

  #runPorts(): RunPorts {
    const { clock, ids, models, tools, attachments, platform, random } = this.#ports;
    const log = this.#log;
    return {
      sessionId: this.sessionId,
      clock,
      ids,
      models,
      tools,
      attachments,
      platform,
      random,
      transcript: () => log.transcript(),
      rules: () => ({ ...this.#ports.rules(), mode: log.transcript().mode }),
      append: (events, durability) => void log.append(events, durability),
      live: (event) => log.live(event),
      grow: (piece) => log.grow(piece),
      output: (callId, text) => log.output(callId, text),
      answer: (approvalId, signal) => this.#answers.wait(approvalId, signal),
      saveGrant: (grant) => this.#ports.saveGrant(grant),
    };
  }

  /** Stops working and writes nothing more: the next host takes up what is unfinished. */
  async close(why = shuttingDown()): Promise<void> {
    this.#log.seal(why);
    this.#byHand.stopAll();
    await this.#runs.close();
    this.#log.close();
  }
}

const shuttingDown = (): AetheriaError =>
  new AetheriaError("cancelled", "Aetheria is shutting down.");
