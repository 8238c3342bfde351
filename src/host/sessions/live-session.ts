// One session that lives in this host: the only writer of its log. It owns the transcript, the run
// under way, the open texts and the answers awaited; it decides nothing the core decides.
import type { CallInput, CallOutput, Push } from "../../contract/calls.ts";
import { AetheriaError, type ErrorData } from "../../contract/errors.ts";
import type { EventOf, NewEvent, SessionEvent } from "../../contract/events.ts";
import type { ApprovalId, CallId, MessageId, RunId, SessionId } from "../../contract/ids.ts";
import type { ModelRef, OpenOutput, OpenText } from "../../contract/session.ts";
import { maxResumes } from "../../core/agent/recovery.ts";
import { createAgent, runAgent, summaryOf } from "../../core/agent/run.ts";
import type { Answered, RunPorts } from "../../core/agent/run-ports.ts";
import { runCall } from "../../core/agent/tool-call.ts";
import { extend, transcriptOf, type Transcript } from "../../core/agent/transcript.ts";
import type { Durability } from "../../core/ports.ts";
import { createFrames, type Frames } from "./frames.ts";
import { createOpenTexts, type OpenTexts } from "./open-texts.ts";
import type { SessionPorts } from "./session-ports.ts";

type Waiter = { resolve: (answered: Answered) => void };
type Finished = EventOf<"tool.finished">["data"];

/** The longest output of a running call kept for those who join late, in UTF-16 units. */
const maxOutput = 64_000;

export class LiveSession {
  readonly sessionId: SessionId;
  readonly #ports: SessionPorts;
  readonly #frames: Frames;
  readonly #openTexts: OpenTexts;
  readonly #outputs = new Map<CallId, OpenOutput>();
  readonly #waiters = new Map<ApprovalId, Waiter>();
  readonly #byHand = new Map<CallId, (finished: Finished) => void>();
  readonly #byHandStops = new Set<AbortController>();
  #transcript: Transcript | null = null;
  #running: { stop: AbortController; ended: Promise<void> } | null = null;
  #starting: Promise<unknown> = Promise.resolve();
  /** Steps under way in `#starting`, or waiting there. */
  #steps = 0;
  /** How often the person said stop: a run that was being prepared meanwhile must not work. */
  #stops = 0;
  /** Why the last run could not even write its end. */
  #deadBy: ErrorData | null = null;
  /** Why nothing more is written. */
  #closed: AetheriaError | null = null;

  constructor(sessionId: SessionId, ports: SessionPorts, send: (push: Push) => void) {
    this.sessionId = sessionId;
    this.#ports = ports;
    this.#frames = createFrames(sessionId, send);
    this.#openTexts = createOpenTexts(
      (piece) => ports.store.appendOpenText(sessionId, piece),
      (error) => ports.onTrouble(error),
    );
  }

  get isBusy(): boolean {
    // Why a run died is known here only, until its end is written.
    const isOwed = this.#deadBy !== null;
    return this.#running !== null || this.#steps > 0 || this.#byHandStops.size > 0 || isOwed;
  }

  /** Whoever keeps sessions may forget this one, unless it is watched. */
  #rest(): void {
    if (!this.isBusy) this.#ports.idle(this.sessionId);
  }

  // ── What watchers get ──────────────────────────────────────────────────────────────────────────

  /** Everything a watcher needs, consistent with the frames that follow. */
  snapshot(from: number | undefined): CallOutput<"session.open"> {
    const { store } = this.#ports;
    this.#frames.flush();
    this.#openTexts.flush();
    const summary = store.session(this.sessionId);
    if (!summary) throw noSession();
    const missing = from === undefined ? Infinity : summary.seq - from;
    const continues = missing >= 0 && missing <= maxCatchUp;
    const { events, hasEarlier } = continues
      ? { events: store.events(this.sessionId, { from }), hasEarlier: true }
      : store.tail(this.sessionId, tailEvents);
    return {
      summary,
      events,
      continues,
      hasEarlier,
      openTexts: store.openTexts(this.sessionId),
      openOutputs: [...this.#outputs.values()],
    };
  }

  // ── The log ────────────────────────────────────────────────────────────────────────────────────

  transcript(): Transcript {
    this.#transcript ??= this.#load();
    return this.#transcript;
  }

  #load(): Transcript {
    const { store } = this.#ports;
    const transcript = transcriptOf(store.events(this.sessionId, {}));
    if (transcript.seq === 0) throw noSession();
    return transcript;
  }

  /** The one way into the log. When it returns, the events are kept, folded and told. */
  append(events: NewEvent[], durability: Durability): SessionEvent[] {
    if (this.#closed) throw this.#closed;
    const stored = this.#ports.store.append(this.sessionId, events, durability);
    for (const event of stored) this.#note(event);
    this.#frames.events(stored);
    this.#ports.changed(this.sessionId);
    return stored;
  }

  #note(event: SessionEvent): void {
    if (event.type === "text.finished") this.#openTexts.drop("text");
    if (event.type === "reasoning.finished") this.#openTexts.drop("reasoning");
    if (event.type === "tool.finished") {
      this.#outputs.delete(event.data.callId);
      this.#byHand.get(event.data.callId)?.(event.data);
    }
    if (event.type === "rewind.done") this.#transcript = null;
    else if (this.#transcript) extend(this.#transcript, event);
  }

  // ── Runs ───────────────────────────────────────────────────────────────────────────────────────

  /** A run whose end is in the log works no more, even before its loop has returned. */
  get #isWorking(): boolean {
    return this.#running !== null && this.transcript().run !== null;
  }

  /** One after another: choosing a model takes time, and two sends must not start two runs. */
  #inOrder<T>(step: () => Promise<T>): Promise<T> {
    this.#steps += 1;
    const next = this.#starting.then(step, step).finally(() => {
      this.#steps -= 1;
      this.#rest();
    });
    this.#starting = next.catch(() => undefined);
    return next;
  }

  send(input: CallInput<"session.send">): Promise<CallOutput<"session.send">> {
    return this.#inOrder(() => this.#send(input));
  }

  async #send(input: CallInput<"session.send">): Promise<CallOutput<"session.send">> {
    const { messageId, text, attachments } = input;
    const known = this.#ports.store.hasMessage(this.sessionId, messageId);
    if (known !== null) return { seq: known, queued: this.transcript().queued.has(messageId) };
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
    const [sent] = model ? this.#begin(messageId, model, events) : this.append(events, "normal");
    if (model && stops !== this.#stops) this.#running?.stop.abort();
    if (delivery === "queue" && !this.#isWorking) await this.#startQueued();
    return { seq: sent?.seq ?? 0, queued: this.transcript().queued.has(messageId) };
  }

  #deliveryOf(asked: "auto" | "queue" | "steer"): "auto" | "queue" | "steer" {
    if (this.#isWorking) return asked === "auto" ? "queue" : asked;
    return this.transcript().queued.size > 0 ? "queue" : "auto";
  }

  #naming(text: string, fileName: string | undefined): NewEvent[] {
    const transcript = this.transcript();
    if (transcript.named || transcript.title !== "") return [];
    const line = text.trim().split("\n")[0]?.trim() ?? "";
    const title = line === "" ? (fileName ?? "") : shortened(line);
    return title === "" ? [] : [{ type: "session.renamed", data: { title, by: "agent" } }];
  }

  async #chooseModel(): Promise<ModelRef> {
    return this.transcript().model ?? (await this.#ports.models.choose());
  }

  /** A run that nobody works on (its end could not be written) must not block the session. What was
   * shown of it is kept. Returns whether there was one. */
  #endDeadRun(): boolean {
    const { run } = this.transcript();
    if (!run || this.#running) return false;
    this.#openTexts.flush();
    const cut = cutTexts(this.#ports.store.openTexts(this.sessionId));
    const why = `The run could not be finished. ${this.#deadBy?.message ?? ""}`.trim();
    this.append([...cut, failedRun(run.runId, run.usage, why)], "full");
    this.#deadBy = null;
    return true;
  }

  /** One append: a message that is kept has its run, whatever comes between. */
  #begin(messageId: MessageId, model: ModelRef, before: NewEvent[] = []): SessionEvent[] {
    const runId = this.#ports.ids.next() as RunId;
    const { mode } = this.transcript();
    const data = { runId, messageId, model, mode, resumed: false };
    const stored = this.append([...before, { type: "run.started", data }], "normal");
    this.#work();
    return stored;
  }

  #work(): void {
    const stop = new AbortController();
    const agent = createAgent(this.#runPorts());
    const ended = runAgent(agent, stop.signal)
      .then((outcome) => {
        if (this.#running?.stop === stop) this.#running = null;
        this.#ports.runEnded(this.sessionId, outcome);
        if (outcome === "done" || outcome === "limit")
          void this.#inOrder(() => this.#startQueued());
        else this.#rest();
      })
      .catch((error: unknown) => {
        if (this.#running?.stop === stop) this.#running = null;
        this.#deadBy = AetheriaError.toData(error);
        if (!this.#closed) this.#ports.onTrouble(error);
      });
    this.#running = { stop, ended };
  }

  async #startQueued(): Promise<void> {
    const next = this.transcript().queued.keys().next();
    if (next.done || this.#isWorking || this.#closed) return;
    const stops = this.#stops;
    try {
      const model = await this.#chooseModel();
      if (stops === this.#stops && !this.#closed) this.#begin(next.value, model);
    } catch (error) {
      this.#ports.onTrouble(error);
    }
  }

  /** Takes up the run that the last host left unfinished. */
  resume(): void {
    const transcript = this.transcript();
    const { run } = transcript;
    if (!run || this.#running) return;
    const cut = cutTexts(this.#ports.store.openTexts(this.sessionId));
    if (cut.length > 0) this.append(cut, "full");
    if (run.resumes >= maxResumes) {
      const why = `Aetheria stopped ${maxResumes} times while working on this, so the run was ended.`;
      this.append([failedRun(run.runId, run.usage, why)], "full");
      return;
    }
    const { runId, messageId, model } = run;
    const data = { runId, messageId, model, mode: transcript.mode, resumed: true };
    this.append([{ type: "run.started", data }], "full");
    this.#work();
  }

  /** Calls made by hand, among these events, that died with the last host: nobody finishes them. */
  endDeadCalls(events: readonly SessionEvent[]): void {
    const dead = new Set<CallId>();
    for (const { type, data } of events) {
      if (type === "tool.requested" && data.runId === null) dead.add(data.callId);
      if (type === "tool.finished") dead.delete(data.callId);
    }
    const text = "Aetheria stopped while this ran. It may or may not have taken effect.";
    const end = { outcome: "unknown" as const, text, files: [], labels: [], ms: 0 };
    try {
      for (const callId of dead)
        if (!this.#byHand.has(callId))
          this.append([{ type: "tool.finished", data: { callId, ...end } }], "full");
    } catch (error) {
      // A full disk must not keep the session from being read.
      this.#ports.onTrouble(error);
    }
  }

  async stop(): Promise<boolean> {
    this.#stops += 1;
    for (const byHand of this.#byHandStops) byHand.abort();
    const running = this.#running;
    if (!running) return this.#endDeadRun() || this.#steps > 0;
    running.stop.abort();
    await running.ended;
    return true;
  }

  retry(): Promise<void> {
    return this.#inOrder(async () => {
      this.#refuseWhileRunning();
      const { lastMessage } = this.transcript();
      if (!lastMessage)
        throw new AetheriaError("not_found", "There is no message to answer again.");
      const stops = this.#stops;
      const model = await this.#chooseModel();
      if (stops !== this.#stops) return;
      this.#endDeadRun();
      const { messageId, seq } = lastMessage;
      const isAnswered = this.transcript().seq > seq;
      const back: NewEvent = { type: "rewind.done", data: { toSeq: seq } };
      this.#begin(messageId, model, isAnswered ? [back] : []);
    });
  }

  rewind(toSeq: number): void {
    this.#refuseWhileRunning();
    this.#endDeadRun();
    this.append([{ type: "rewind.done", data: { toSeq } }], "full");
    // The cut went through a run: it ends there.
    const { run } = this.transcript();
    if (!run) return;
    const data = { runId: run.runId, outcome: "stopped" as const, usage: noUsage, steps: 0, ms: 0 };
    this.append([{ type: "run.finished", data }], "full");
  }

  #refuseWhileRunning(): void {
    const byHand = this.#byHandStops.size > 0;
    if (!this.#isWorking && !byHand) return;
    const what = byHand
      ? "A tool that was started by hand is still running"
      : "The agent is working";
    throw new AetheriaError("conflict", `${what} in this session.`, { hint: "Stop it first." });
  }

  // ── Approvals and calls by hand ────────────────────────────────────────────────────────────────

  answer(input: CallInput<"approval.answer">): void {
    const { approvalId, answer, scope } = input;
    const approval = this.transcript().approvals.get(approvalId);
    const waiter = this.#waiters.get(approvalId);
    if (!approval || !waiter)
      throw new AetheriaError("conflict", "This question has been answered already.");
    if (!approval.answers.includes(answer) || !approval.scopes.includes(scope))
      throw new AetheriaError("bad_input", "This question does not have that answer.");
    const edited = input.input === undefined ? {} : { input: input.input };
    const data = { approvalId, answer, scope, ...edited };
    this.append([{ type: "approval.answered", data }], "full");
    this.#waiters.delete(approvalId);
    waiter.resolve({ answer, scope, ...edited });
  }

  #awaitAnswer(approvalId: ApprovalId, signal: AbortSignal): Promise<Answered> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason as Error);
      const giveUp = () => {
        this.#waiters.delete(approvalId);
        reject(signal.reason as Error);
      };
      const answered = (answer: Answered) => {
        signal.removeEventListener("abort", giveUp);
        resolve(answer);
      };
      this.#waiters.set(approvalId, { resolve: answered });
      signal.addEventListener("abort", giveUp, { once: true });
    });
  }

  async runByHand(name: string, input: unknown): Promise<CallOutput<"tool.run">> {
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
    const finished = new Promise<Finished>((resolve) => this.#byHand.set(callId, resolve));
    this.append([{ type: "tool.requested", data: { ...call, input, effect } }], "normal");
    const stop = new AbortController();
    this.#byHandStops.add(stop);
    try {
      const requested = this.transcript().calls.get(callId);
      if (requested) await runCall(this.#runPorts(), requested, stop.signal);
      const { outcome, text, view, files, labels, error } = await finished;
      const result = { outcome, text, files, labels, ...(view ? { view } : {}) };
      return { callId, result, ...(error ? { error } : {}) };
    } finally {
      this.#byHandStops.delete(stop);
      this.#byHand.delete(callId);
      this.#rest();
    }
  }

  #output(callId: CallId, text: string): void {
    const open = this.#outputs.get(callId) ?? { callId, offset: 0, text: "" };
    const end = open.offset + open.text.length;
    const kept = (open.text + text).slice(-maxOutput);
    this.#outputs.set(callId, { callId, offset: end + text.length - kept.length, text: kept });
    this.#frames.live({ type: "tool.output", callId, offset: end, text });
  }

  #runPorts(): RunPorts {
    const { clock, ids, models, tools, attachments, platform, random } = this.#ports;
    return {
      sessionId: this.sessionId,
      clock,
      ids,
      models,
      tools,
      attachments,
      platform,
      random,
      transcript: () => this.transcript(),
      rules: () => ({ ...this.#ports.rules(), mode: this.transcript().mode }),
      append: (events, durability) => void this.append(events, durability),
      live: (event) => this.#frames.live(event),
      grow: (piece) => {
        const { kind, ...rest } = piece;
        this.#openTexts.add(piece);
        this.#frames.live({ type: `${kind}.delta`, ...rest });
      },
      output: (callId, text) => this.#output(callId, text),
      answer: (approvalId, signal) => this.#awaitAnswer(approvalId, signal),
      saveGrant: (grant) => this.#ports.saveGrant(grant),
    };
  }

  /** Stops working and writes nothing more: the next host takes up what is unfinished. */
  async close(why = shuttingDown()): Promise<void> {
    this.#openTexts.flush();
    this.#closed = why;
    for (const byHand of this.#byHandStops) byHand.abort();
    this.#running?.stop.abort();
    await this.#running?.ended;
    this.#frames.close();
  }
}

/** Missing more than this, a client starts afresh from the tail. */
const maxCatchUp = 2_000;
/** About this many events are sent to a client that starts afresh. */
const tailEvents = 300;

/** What was shown of a turn when the host died, as events: the thought before the words. */
function cutTexts(open: OpenText[]): NewEvent[] {
  const thoughts = open.filter(({ kind }) => kind === "reasoning");
  const texts = open.filter(({ kind }) => kind === "text");
  return [
    ...thoughts.map(({ runId, turn, text }): NewEvent => ({
      type: "reasoning.finished",
      data: { runId, turn, text, ms: 0 },
    })),
    ...texts.map(({ runId, turn, text }): NewEvent => ({
      type: "text.finished",
      data: { runId, turn, text, partial: true },
    })),
  ];
}

/** Of a run that a rewind cut: its usage was counted when it really ended. */
const noUsage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, costUsd: 0 };

const shuttingDown = (): AetheriaError =>
  new AetheriaError("cancelled", "Aetheria is shutting down.");

export const noSession = (): AetheriaError =>
  new AetheriaError("not_found", "This session does not exist any more.", {
    hint: "Open another one, or start a new one.",
  });

const shortened = (line: string): string =>
  line.length <= 60 ? line : `${line.slice(0, 60).replace(/\s+\S*$/, "")}…`;

function failedRun(
  runId: RunId,
  usage: EventOf<"run.finished">["data"]["usage"],
  message: string,
): NewEvent {
  const error = { code: "internal" as const, message, retryable: true, hint: "Try again." };
  const data = { runId, outcome: "failed" as const, error, usage, steps: 0, ms: 0 };
  return { type: "run.finished", data };
}
