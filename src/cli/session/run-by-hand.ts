// One tool call by the person, in the folder's own session, with its approvals answered.
import { realpath } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { AetheriaError } from "../../contract/errors.ts";
import type { EventOf, SessionEvent } from "../../contract/events.ts";
import type { CallId, SessionId } from "../../contract/ids.ts";
import type { CallOutput } from "../../contract/calls.ts";
import type { Client } from "../../rpc/client.ts";
import { createSessionFeed } from "../../rpc/session-feed.ts";
import type { CommandContext } from "../command.ts";
import { exitCodeOf, exitCodes } from "../exit-codes.ts";
import { tellError } from "../report-error.ts";
import { denialOf } from "./step-rows.ts";
import { answerApprovals } from "./answer-approvals.ts";
import { createApprover, type ApproveMode } from "./approver.ts";

const hostGone = "The host went away before the tool was done.";
const title = "By hand";
const sessionsLooked = 200;

type HandCall = {
  client: Client;
  name: string;
  input: unknown;
  workspace: string;
  approve: ApproveMode;
};

export async function runByHand(call: HandCall, context: CommandContext): Promise<number> {
  const { client, name, input, approve } = call;
  const { io, terminal } = context;
  const sessionId = await sessionFor(client, call.workspace);
  const ours = new Set<CallId | null>();
  const refusal = breaker();
  const ended = news<EventOf<"tool.finished">["data"]>();
  const answers = answerApprovals({
    client,
    sessionId,
    approver: createApprover(approve, context),
    concerns: ({ callId }) => callId !== null && ours.has(callId),
    onRefused: refusal.trip,
  });
  const feed = createSessionFeed(sessionId, {
    reset: () => undefined,
    live: () => undefined,
    events: (events) => {
      for (const event of events) {
        if (isRequestOf(call, event)) ours.add(event.data.callId);
        if (event.type === "tool.finished" && ours.has(event.data.callId)) ended.tell(event.data);
        answers.see(event);
      }
    },
  });
  let told = 0;
  const unlisten = io.onInterrupt(() => {
    if (++told > 1) return io.exit(exitCodes.failed);
    terminal.note("Stopping… Ctrl-C again leaves at once.");
    void client.call("session.stop", { sessionId }).catch(refusal.trip);
  });
  try {
    await feed.attach(client);
    client.onClose((why) => refusal.trip(why ?? new AetheriaError("disconnected", hostGone)));
    const running = client.call("tool.run", { sessionId, name, input });
    const outcome = await Promise.race([running, refusal.tripped]);
    if (outcome.result.outcome !== "denied") return conclude(outcome, call, context);
    // The answer may come before the event that says why.
    const why = denialOf(await Promise.race([ended.come, refusal.tripped]));
    return conclude(outcome, call, context, why ?? outcome.result.text);
  } catch (error) {
    await client.call("session.stop", { sessionId }).catch(() => undefined);
    throw error;
  } finally {
    unlisten();
    answers.close();
    feed.close();
  }
}

function isRequestOf(
  { name, input }: HandCall,
  event: SessionEvent,
): event is Extract<SessionEvent, { type: "tool.requested" }> {
  if (event.type !== "tool.requested" || event.data.by !== "person") return false;
  return event.data.name === name && isDeepStrictEqual(event.data.input, input);
}

/** A promise that never resolves and rejects when told to. */
function breaker(): { tripped: Promise<never>; trip: (error: unknown) => void } {
  let trip: (error: unknown) => void = () => {};
  const tripped = new Promise<never>((_resolve, reject) => (trip = reject));
  tripped.catch(() => undefined);
  return { tripped, trip: (error) => trip(error) };
}

/** A promise and the way to keep it. */
function news<Value>(): { come: Promise<Value>; tell: (value: Value) => void } {
  let tell: (value: Value) => void = () => {};
  const come = new Promise<Value>((resolve) => (tell = resolve));
  return { come, tell: (value) => tell(value) };
}

/** One session per folder, so that calls by hand do not fill the list. */
async function sessionFor(client: Client, workspace: string): Promise<SessionId> {
  const { sessions } = await client.call("session.list", { limit: sessionsLooked });
  // The host keeps real paths; a folder that is not there is its to refuse.
  const folder = await realpath(workspace).catch(() => workspace);
  const kept = sessions.find((each) => each.title === title && each.workspace === folder);
  return kept?.sessionId ?? (await client.call("session.create", { title, workspace })).sessionId;
}

type Outcome = CallOutput<"tool.run">;

function conclude(
  { callId, result, error }: Outcome,
  { name }: HandCall,
  context: CommandContext,
  why = result.text,
): number {
  const { terminal, json } = context;
  if (json) terminal.json({ type: "result", callId, name, ...result, ...(error && { error }) });
  if (result.outcome === "done") {
    if (!json) terminal.write(result.text.endsWith("\n") ? result.text : `${result.text}\n`);
    return exitCodes.done;
  }
  tellError(terminal, error ?? new AetheriaError("refused", why).toData());
  if (result.outcome === "denied") return exitCodes.refused;
  return error ? exitCodeOf(error.code) : exitCodes.failed;
}
