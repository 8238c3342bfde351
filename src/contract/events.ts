// Every event of a session's log, and the live ones that watchers get but the log does not keep.
// Names are past tense and the same on the wire, in the log and in tests.
import * as z from "zod/mini";
import { Approval, ApprovalAnswer, GrantScope } from "./approval.ts";
import { BrowserProfile } from "./browser.ts";
import { ErrorData } from "./errors.ts";
import { ApprovalId, CallId, CommandId, DeviceId, MessageId, RunId, SessionId } from "./ids.ts";
import { AttachmentRef, Delivery, ModelRef, PermissionMode, Usage } from "./session.ts";
import { Decision, Effect, FileEffect, Label, ToolOutcome, ToolView } from "./tool.ts";

const event = <Name extends string, Shape extends z.core.$ZodShape>(type: Name, data: Shape) =>
  z.object({ seq: z.number(), at: z.number(), type: z.literal(type), data: z.object(data) });

export const RunOutcome = z.enum(["done", "stopped", "failed", "limit"]);
export type RunOutcome = z.infer<typeof RunOutcome>;

/** Who asked for it: the agent in a run, or the person by hand. */
export const Actor = z.enum(["agent", "person"]);
export type Actor = z.infer<typeof Actor>;

export const ArtifactKind = z.enum(["image", "chart", "page", "document", "table", "code"]);
export type ArtifactKind = z.infer<typeof ArtifactKind>;

export const SessionEvent = z.discriminatedUnion("type", [
  event("session.created", {
    title: z.string(),
    workspace: z.nullable(z.string()),
    model: z.nullable(ModelRef),
    mode: PermissionMode,
    forkedFrom: z.optional(z.object({ sessionId: SessionId, seq: z.number() })),
    /** The events up to this one came from a file: anybody may have written them. */
    importedSeq: z.optional(z.number()),
  }),
  event("session.renamed", { title: z.string(), by: Actor }),
  event("session.archived", { archived: z.boolean() }),
  event("session.configured", {
    model: z.optional(z.nullable(ModelRef)),
    mode: z.optional(PermissionMode),
    workspace: z.optional(z.nullable(z.string())),
    /** Code may run on the bare machine from here on, or no longer. */
    machineConsent: z.optional(z.boolean()),
    browserProfile: z.optional(BrowserProfile),
  }),
  event("message.sent", {
    messageId: MessageId,
    text: z.string(),
    attachments: z.array(AttachmentRef),
    /** `queue` waits for its own run.started; `steer` joins the run that works; `auto` began one. */
    delivery: Delivery,
  }),
  /** A queued message that the person took back before its run began. */
  event("message.withdrawn", { messageId: MessageId }),
  event("run.started", {
    runId: RunId,
    messageId: MessageId,
    model: ModelRef,
    mode: PermissionMode,
    /** True when this is the same run, taken up again after the host had died. */
    resumed: z.boolean(),
  }),
  event("run.finished", {
    runId: RunId,
    outcome: RunOutcome,
    error: z.optional(ErrorData),
    usage: Usage,
    steps: z.number(),
    ms: z.number(),
  }),
  event("text.finished", {
    runId: RunId,
    turn: z.number(),
    text: z.string(),
    /** The stream was cut here; the run goes on in a later turn or ended. */
    partial: z.boolean(),
    usage: z.optional(Usage),
    model: z.optional(ModelRef),
  }),
  event("reasoning.finished", {
    runId: RunId,
    turn: z.number(),
    text: z.string(),
    ms: z.number(),
    /** Opaque to us; given back to the provider that made it. */
    providerData: z.optional(z.unknown()),
  }),
  event("tool.requested", {
    callId: CallId,
    runId: z.nullable(RunId),
    by: Actor,
    turn: z.number(),
    name: z.string(),
    family: z.string(),
    /** One line for people: `read report.csv`. */
    summary: z.string(),
    input: z.unknown(),
    effect: Effect,
    /** What the model called this call: it wants its own name for it back. */
    modelCallId: z.optional(z.string()),
  }),
  event("approval.requested", { approval: Approval }),
  event("approval.answered", {
    approvalId: ApprovalId,
    answer: ApprovalAnswer,
    scope: GrantScope,
    /** The person changed the input before allowing it. */
    input: z.optional(z.unknown()),
  }),
  event("tool.started", {
    callId: CallId,
    decision: Decision,
    /** What it is about to change: all that is known of it when the host dies before it ends. */
    changes: z.optional(z.array(FileEffect)),
  }),
  event("tool.finished", {
    callId: CallId,
    outcome: ToolOutcome,
    text: z.string(),
    view: z.optional(ToolView),
    files: z.array(AttachmentRef),
    labels: z.array(Label),
    error: z.optional(ErrorData),
    decision: z.optional(Decision),
    /** Files of the workspace that the call changed, so that a rewind can take them back. Absent where
     * nobody knows: then what tool.started foresaw may have happened. */
    changes: z.optional(z.array(FileEffect)),
    ms: z.number(),
  }),
  event("artifact.created", {
    callId: z.nullable(CallId),
    kind: ArtifactKind,
    title: z.string(),
    file: AttachmentRef,
  }),
  event("context.compacted", {
    runId: RunId,
    /** Everything up to and with this seq is now told by `summary`. */
    uptoSeq: z.number(),
    summary: z.string(),
    tokensBefore: z.number(),
    tokensAfter: z.number(),
    /** What making the summary cost; absent in older logs. */
    usage: z.optional(Usage),
  }),
  event("plan.proposed", { runId: RunId, steps: z.array(z.string()) }),
  event("memory.saved", { memoryId: z.string(), text: z.string() }),
  event("agent.spawned", { runId: RunId, agentRunId: RunId, name: z.string(), task: z.string() }),
  event("agent.finished", { agentRunId: RunId, outcome: RunOutcome, text: z.string() }),
  event("attachment.added", { file: AttachmentRef, callId: z.nullable(CallId) }),
  /** Everything after `toSeq` is no longer part of the conversation; the log keeps it. */
  event("rewind.done", {
    toSeq: z.number(),
    /** What taking the files back changed. */
    changes: z.optional(z.array(FileEffect)),
  }),
  /** A command from afar was carried out, or refused with a reason. It changes nothing by itself. */
  event("command.answered", {
    commandId: CommandId,
    deviceId: DeviceId,
    /** Its place among the commands of that device. */
    number: z.number(),
    /** null: what it said could not be read. */
    kind: z.nullable(z.enum(["send", "answer", "stop", "rename"])),
    outcome: z.enum(["done", "refused"]),
    error: z.optional(ErrorData),
  }),
]);
export type SessionEvent = z.infer<typeof SessionEvent>;
export type EventType = SessionEvent["type"];
export type EventOf<Type extends EventType> = Extract<SessionEvent, { type: Type }>;

/** An event before the log has given it its place and time. */
export type NewEvent = { [Type in EventType]: Pick<EventOf<Type>, "type" | "data"> }[EventType];

export const eventTypes = SessionEvent.def.options.flatMap(
  (option) => option.shape.type.def.values,
);

/** `offset` is the length of the open text before this piece (UTF-16 units), so that a watcher who
 * already has it can tell. */
export const LiveEvent = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("text.delta"),
    runId: RunId,
    turn: z.number(),
    offset: z.number(),
    text: z.string(),
  }),
  z.object({
    type: z.literal("reasoning.delta"),
    runId: RunId,
    turn: z.number(),
    offset: z.number(),
    text: z.string(),
  }),
  z.object({
    type: z.literal("tool.output"),
    callId: CallId,
    offset: z.number(),
    text: z.string(),
  }),
  z.object({
    type: z.literal("run.status"),
    runId: RunId,
    status: z.enum(["thinking", "answering", "working", "waiting", "retrying", "compacting"]),
    /** A sentence for the person: why it retries, what it waits for, which budget nears its end. */
    detail: z.optional(z.string()),
    /** When the next try starts, milliseconds since the epoch. */
    until: z.optional(z.number()),
  }),
]);
export type LiveEvent = z.infer<typeof LiveEvent>;
