// The runs of a session: which message gets one, one at a time, in order; stop, queue, retry, rewind,
// and taking up what the last host left. What a run does is the core's.
import type { CallInput, CallOutput } from "../../contract/calls.ts";
import { AetheriaError, type ErrorData } from "../../contract/errors.ts";
import type { NewEvent, SessionEvent } from "../../contract/events.ts";
import type { MessageId, RunId } from "../../contract/ids.ts";
import type { FileEffect } from "../../contract/tool.ts";
import type { ModelRef } from "../../contract/session.ts";
import { maxResumes } from "../../core/agent/recovery.ts";
import { createAgent, runAgent } from "../../core/agent/run.ts";
import type { RunPorts } from "../../core/agent/run-ports.ts";
import { failedRun, rewoundRun } from "./run-end.ts";
import type { SessionLog } from "./session-log.ts";
import type { SessionPorts } from "./session-ports.ts";

export class SessionRuns {
  readonly #log: SessionLog;
  readonly #ports: SessionPorts;
  readonly #runPorts: () => RunPorts;
  readonly #isByHandBusy: () => boolean;
  readonly #onIdle: () => void;
  #running: { stop: AbortController; ended: Promise<void> } | null = null;
  #alone: { stop: AbortController; ended: Promise<void> } | null = null;
  #starting: Promise<unknown> = Promise.resolve();
  /** Steps under way in `#starting`, or waiting there. */
  #steps = 0;
  /** How often the person said stop: a run that was being prepared meanwhile must not work. */
  #stops = 0;
  /** Why the last run could not even write its end. */
  #deadBy: ErrorData | null = null;

  constructor(
    log: SessionLog,
    ports: SessionPorts,
    around: { runPorts(): RunPorts; isByHandBusy(): boolean; onIdle(): void },
  ) {
    this.#log = log;
    this.#ports = ports;
    this.#runPorts = around.runPorts;
    this.#isByHandBusy = around.isByHandBusy;
    this.#onIdle = around.onIdle;
  }

  get isBusy(): boolean {
    // Why a run died is known here only, until its end is written.
    return this.#running !== null || this.#steps > 0 || this.#deadBy !== null;
  }

  /** A run whose end is in the log works no more, even before its loop has returned. */
  get #isWorking(): boolean {
    return this.#running !== null && this.#log.transcript().run !== null;
  }

  /** One after another: choosing a model takes time, and two sends must not start two runs. */
  #inOrder<T>(step: () => Promise<T>): Promise<T> {
    this.#steps += 1;
    const next = this.#starting.then(step, step).finally(() => {
      this.#steps -= 1;
      this.#onIdle();
    });
    this.#starting = next.catch(() => undefined);
    return next;
  }

  send(input: CallInput<"session.send">): Promise<CallOutput<"session.send">> {
    return this.#inOrder(() => this.#send(input));
  }

  async #send(input: CallInput<"session.send">): Promise<CallOutput<"session.send">> {
    const { messageId, text, attachments } = input;
    const known = this.#ports.store.hasMessage(this.#log.sessionId, messageId);
    if (known !== null) return { seq: known, queued: this.#log.transcript().queued.has(messageId) };
    if (text.trim() === "" && attachments.length === 0)
      throw new AetheriaError("bad_input", "The message is empty.", {
        hint: "Write something, or attach a file.",
      });
    const delivery = this.#deliveryOf(input.delivery);
    const stops = this.#stops;
    const model = delivery === "auto" ? await this.#chooseModel() : null;
    this.#endDeadRun();
    const events: NewEvent[] = [
      { type: "message.sent", data: { messageId, text, attachments, delivery } },
      ...this.#naming(text, attachments[0]?.name),
    ];
    const [sent] = model
      ? this.#begin(messageId, model, events)
      : this.#log.append(events, "normal");
    if (model && stops !== this.#stops) this.#running?.stop.abort();
    if (delivery === "queue" && !this.#isWorking) await this.#startQueued();
    return { seq: sent?.seq ?? 0, queued: this.#log.transcript().queued.has(messageId) };
  }

  #deliveryOf(asked: "auto" | "queue" | "steer"): "auto" | "queue" | "steer" {
    if (this.#isWorking) return asked === "auto" ? "queue" : asked;
    return this.#log.transcript().queued.size > 0 ? "queue" : "auto";
  }

  #naming(text: string, fileName: string | undefined): NewEvent[] {
    const transcript = this.#log.transcript();
    if (transcript.named || transcript.title !== "") return [];
    const line = text.trim().split("\n")[0]?.trim() ?? "";
    const title = line === "" ? (fileName ?? "") : shortened(line);
    return title === "" ? [] : [{ type: "session.renamed", data: { title, by: "agent" } }];
  }

  async #chooseModel(): Promise<ModelRef> {
    return this.#log.transcript().model ?? (await this.#ports.models.choose());
  }

  /** A run that nobody works on (its end could not be written) must not block the session. What was
   * shown of it is kept. Returns whether there was one. */
  #endDeadRun(): boolean {
    const { run } = this.#log.transcript();
    if (!run || this.#running) return false;
    const cut = this.#log.cutTexts();
    const why = `The run could not be finished. ${this.#deadBy?.message ?? ""}`.trim();
    this.#log.append([...cut, failedRun(run.runId, run.usage, why)], "full");
    this.#deadBy = null;
    return true;
  }

  /** One append: a message that is kept has its run, whatever comes between. */
  #begin(messageId: MessageId, model: ModelRef, before: NewEvent[] = []): SessionEvent[] {
    const runId = this.#ports.ids.next() as RunId;
    const { mode } = this.#log.transcript();
    const data = { runId, messageId, model, mode, resumed: false };
    const stored = this.#log.append([...before, { type: "run.started", data }], "normal");
    this.#work();
    return stored;
  }

  #work(): void {
    const stop = new AbortController();
    const agent = createAgent(this.#runPorts());
    const ended = runAgent(agent, stop.signal)
      .then((outcome) => {
        if (this.#running?.stop === stop) this.#running = null;
        this.#ports.runEnded(this.#log.sessionId, outcome);
        if (outcome === "done" || outcome === "limit")
          void this.#inOrder(() => this.#startQueued());
        else this.#onIdle();
      })
      .catch((error: unknown) => {
        if (this.#running?.stop === stop) this.#running = null;
        this.#deadBy = AetheriaError.toData(error);
        if (!this.#log.isClosed) this.#ports.onTrouble(error);
      });
    this.#running = { stop, ended };
  }

  async #startQueued(): Promise<void> {
    const next = this.#log.transcript().queued.keys().next();
    if (next.done || this.#isWorking || this.#log.isClosed) return;
    const stops = this.#stops;
    try {
      const model = await this.#chooseModel();
      if (stops === this.#stops && !this.#log.isClosed) this.#begin(next.value, model);
    } catch (error) {
      this.#ports.onTrouble(error);
    }
  }

  /** Takes up the run that the last host left unfinished. */
  resume(): void {
    const transcript = this.#log.transcript();
    const { run } = transcript;
    if (!run || this.#running) return;
    const cut = this.#log.cutTexts();
    if (cut.length > 0) this.#log.append(cut, "full");
    if (run.resumes >= maxResumes) {
      const why = `Aetheria stopped ${maxResumes} times while working on this, so the run was ended.`;
      this.#log.append([failedRun(run.runId, run.usage, why)], "full");
      return;
    }
    const { runId, messageId, model } = run;
    const data = { runId, messageId, model, mode: transcript.mode, resumed: true };
    this.#log.append([{ type: "run.started", data }], "full");
    this.#work();
  }

  async stop(): Promise<boolean> {
    this.#stops += 1;
    this.#alone?.stop.abort();
    await this.#alone?.ended;
    const running = this.#running;
    if (!running) return this.#endDeadRun() || this.#steps > 0;
    running.stop.abort();
    await running.ended;
    return true;
  }

  retry(): Promise<void> {
    return this.#inOrder(async () => {
      this.#refuseWhileRunning();
      const { lastMessage } = this.#log.transcript();
      if (!lastMessage)
        throw new AetheriaError("not_found", "There is no message to answer again.");
      const stops = this.#stops;
      const model = await this.#chooseModel();
      if (stops !== this.#stops) return;
      this.#endDeadRun();
      const { messageId, seq } = lastMessage;
      const isAnswered = this.#log.transcript().seq > seq;
      const back: NewEvent = { type: "rewind.done", data: { toSeq: seq } };
      this.#begin(messageId, model, isAnswered ? [back] : []);
    });
  }

  rewind(toSeq: number, changes: FileEffect[] = []): void {
    this.#refuseWhileRunning();
    this.#endDeadRun();
    const data = { toSeq, ...(changes.length > 0 ? { changes } : {}) };
    this.#log.append([{ type: "rewind.done", data }], "full");
    // The cut went through a run: it ends there.
    const { run } = this.#log.transcript();
    if (!run) return;
    this.#log.append([rewoundRun(run.runId)], "full");
  }

  /** Nothing works in the session and nothing begins while `work` does: files are taken back. Stop and
   * the end of the host abort it. */
  alone<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.#inOrder(async () => {
      this.#refuseWhileRunning();
      const stop = new AbortController();
      const worked = work(stop.signal);
      const alone = { stop, ended: worked.then(noResult, noResult) };
      this.#alone = alone;
      return worked.finally(() => (this.#alone = null));
    });
  }

  /** Throws while `alone` works. */
  refuseWhileAlone(): void {
    if (!this.#alone) return;
    throw new AetheriaError("conflict", "Files are being taken back in this session.", {
      hint: "Try again when that is done.",
    });
  }

  #refuseWhileRunning(): void {
    const byHand = this.#isByHandBusy();
    if (!this.#isWorking && !byHand) return;
    const what = byHand
      ? "A tool that was started by hand is still running"
      : "The agent is working";
    throw new AetheriaError("conflict", `${what} in this session.`, { hint: "Stop it first." });
  }

  /** Ends the work without a word in the log. */
  async close(): Promise<void> {
    this.#running?.stop.abort();
    this.#alone?.stop.abort();
    await this.#running?.ended;
    await this.#alone?.ended;
  }
}

const noResult = () => {};

const shortened = (line: string): string =>
  line.length <= 60 ? line : `${line.slice(0, 60).replace(/\s+\S*$/, "")}…`;
