// Sends one message and stays until its run has ended: text out, steps beside it, questions
// answered, Ctrl-C obeyed.
import { uuidv7 } from "uuidv7";
import { AetheriaError } from "../../contract/errors.ts";
import type { LiveEvent, SessionEvent } from "../../contract/events.ts";
import { MessageId, type SessionId } from "../../contract/ids.ts";
import type { SessionSummary } from "../../contract/session.ts";
import { createSessionFeed } from "../../rpc/session-feed.ts";
import type { CommandContext, OpenedClient } from "../command.ts";
import { exitCodeOf, exitCodes } from "../exit-codes.ts";
import { tellError } from "../report-error.ts";
import { answerApprovals } from "./answer-approvals.ts";
import { createAnswerPrinter } from "./answer-printer.ts";
import { createApprover, type ApproveMode } from "./approver.ts";
import { followRun, type RunEnd, type RunFollower } from "./follow-run.ts";
import { createStepRows } from "./step-rows.ts";

type Conversation = {
  opened: OpenedClient;
  sessionId: SessionId;
  text: string;
  approve: ApproveMode;
};

export async function converse(talk: Conversation, context: CommandContext): Promise<number> {
  const { opened, sessionId, text, approve } = talk;
  const { client } = opened;
  const { terminal, json } = context;
  const messageId = MessageId.parse(uuidv7());
  const run = followRun(messageId);
  const screen = createScreen(context);
  const answers = answerApprovals({
    client,
    sessionId,
    approver: createApprover(approve, context),
    concerns: ({ runId }) => run.runId !== null && runId === run.runId,
    onRefused: run.fail,
  });
  let summary: SessionSummary | null = null;
  const feed = createSessionFeed(sessionId, {
    reset: (snapshot) => (summary = snapshot.summary),
    events: (events) => {
      for (const event of events) {
        screen.event(event, run.see(event));
        answers.see(event);
      }
    },
    live: (events) => {
      for (const event of events) if (run.seeLive(event)) screen.live(event);
    },
  });
  client.onClose((why) => run.fail(why ?? lostHost(sessionId)));
  const unlisten = context.io.onInterrupt(stopper(talk, messageId, run, context));
  try {
    await feed.attach(client);
    if (json) terminal.json({ type: "session", sessionId });
    const delivery = isIdle(summary) ? "auto" : "queue";
    await client.call("session.send", { sessionId, messageId, text, attachments: [], delivery });
    return conclude(await run.end, talk, context, screen);
  } catch (error) {
    screen.breakLine();
    if (run.runId !== null) await client.call("session.stop", { sessionId }).catch(() => undefined);
    throw error;
  } finally {
    unlisten();
    answers.close();
    feed.close();
  }
}

const isIdle = (summary: SessionSummary | null) => summary === null || summary.phase === "idle";

const lostHost = (sessionId: SessionId) =>
  new AetheriaError("disconnected", "The host went away before the answer was complete.", {
    hint: `What was done is kept: aetheria run "Go on" --session ${sessionId}`,
    retryable: true,
  });

interface Screen {
  event(event: SessionEvent, isOurs: boolean): void;
  live(event: LiveEvent): void;
  breakLine(): void;
}

function createScreen({ terminal, json, io }: CommandContext): Screen {
  const printer = createAnswerPrinter(json ? { write: () => undefined } : terminal);
  const steps = createStepRows(terminal.err);
  const showRow = (event: SessionEvent | LiveEvent) => {
    const row = steps.rowFor(event);
    if (row === null) return;
    // Only where both end up on the same screen would a row land in the middle of a line.
    if (io.stdout.isTTY) printer.breakLine();
    terminal.note(row);
  };
  return {
    event(event, isOurs) {
      if (json) terminal.json(event);
      if (!isOurs) return;
      if (event.type === "text.finished") printer.finished(event);
      else showRow(event);
    },
    live(event) {
      if (json) terminal.json(event);
      if (event.type === "text.delta") printer.delta(event);
      else showRow(event);
    },
    breakLine: printer.breakLine,
  };
}

/** The first Ctrl-C stops the run, or takes the message back if it still waits for its turn. */
function stopper(
  { opened: { client }, sessionId }: Conversation,
  messageId: MessageId,
  run: RunFollower,
  { io, terminal }: CommandContext,
): () => void {
  let told = 0;
  const stopped = new AetheriaError("cancelled", "That was stopped.");
  return () => {
    if (++told > 1) return io.exit(exitCodes.failed);
    terminal.note("Stopping… Ctrl-C again leaves at once.");
    if (run.runId !== null) void client.call("session.stop", { sessionId }).catch(run.fail);
    else
      void client
        .call("session.unqueue", { sessionId, messageId })
        .then(() => run.fail(stopped), run.fail);
  };
}

function conclude(
  end: RunEnd,
  { sessionId }: Conversation,
  { terminal, json }: CommandContext,
  screen: Screen,
): number {
  screen.breakLine();
  const { outcome, error, usage, steps } = end;
  if (json) terminal.json({ type: "result", sessionId, ...end });
  if (error && outcome !== "done") tellError(terminal, error);
  else if (outcome === "stopped") terminal.note("Stopped.");
  const cost =
    usage.costUsd === null || usage.costUsd === 0 ? [] : [`$${usage.costUsd.toFixed(4)}`];
  const tokens = `${usage.inputTokens + usage.outputTokens} tokens`;
  const facts = [`session ${sessionId}`, `${steps} ${steps === 1 ? "step" : "steps"}`, tokens];
  terminal.note(terminal.err.dim([...facts, ...cost].join(" · ")));
  if (outcome === "done") return exitCodes.done;
  return outcome === "failed" && error ? exitCodeOf(error.code) : exitCodes.failed;
}
