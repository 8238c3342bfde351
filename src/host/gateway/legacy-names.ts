// The one table between the Socket.IO names that existing Aetheria clients know and the contract:
// what they may say, and what each event of a session is called for them.
import { z } from "zod";
import type { EventOf, LiveEvent, SessionEvent } from "../../contract/events.ts";
import type { CallId, RunId } from "../../contract/ids.ts";
import type { LegacyInName } from "./legacy-in-names.ts";

/** An id as text; numbers are taken too. */
const idText = (max: number) =>
  z.union([z.string(), z.number()]).transform(String).pipe(z.string().min(1).max(max));
const conversationId = idText(200);

/** Known clients send the whole payload as JSON text; an object is taken as well. */
const payload = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.preprocess((value, context) => {
    if (typeof value !== "string") return value;
    try {
      return JSON.parse(value) as unknown;
    } catch {
      context.addIssue({ code: "custom", message: "not JSON" });
      return z.NEVER;
    }
  }, z.object(shape));

export const LegacyFile = z.object({
  name: z.string().min(1).max(10_000),
  type: z.string().max(200).default("application/octet-stream"),
  /** Base64, as it is or in a data: URL. */
  data: z.string(),
});
export type LegacyFile = z.infer<typeof LegacyFile>;

/** What a client may send, by name. */
export const legacyIn = {
  send_message: payload({
    conversationId: conversationId.nullish(),
    /** Their name for this message; answers to it carry it as `id`. */
    id: idText(64).nullish(),
    message: z.string().default(""),
    files: z.array(LegacyFile).max(50).default([]),
    context_session_ids: z.array(conversationId).max(20).default([]),
    /** Older clients send their stop under this name. */
    type: z.string().optional(),
  }),
  join_conversation: payload({ conversationId }),
  terminate_session: payload({ conversationId }),
} as const satisfies Record<LegacyInName, z.ZodType>;
export type LegacyMessage = z.infer<(typeof legacyIn)["send_message"]>;

export const legacyOutNames = [
  "response",
  "agent_step",
  "reasoning_step",
  "status",
  "error",
  "run_catchup",
  "run_completed",
  "sandbox-command-started",
  "sandbox-command-update",
  "sandbox-command-finished",
  "browser_screenshot",
] as const;
export type LegacyOut = { name: (typeof legacyOutNames)[number]; data: Record<string, unknown> };

export const agentName = "Aetheria";

/** What the table needs to know of the session so far; legacy-log.ts keeps it. */
export type LegacyContext = {
  conversationId: string;
  /** Their message id for a run. */
  messageId(runId: RunId): string;
  call(callId: CallId): { messageId: string; name: string; family: string; input: unknown } | null;
  /** The part of a finished text that was not told as pieces. */
  untold(event: EventOf<"text.finished">): string;
  /** All text of a run. */
  runText(runId: RunId): string;
};

export function legacyEvent(event: SessionEvent, context: LegacyContext): LegacyOut[] {
  const { conversationId } = context;
  switch (event.type) {
    case "run.started": {
      const id = context.messageId(event.data.runId);
      return [out("status", { id, conversationId, status: "running", message: "Working on it." })];
    }
    case "text.finished": {
      const content = context.untold(event);
      return content === "" ? [] : [response(context.messageId(event.data.runId), { content })];
    }
    case "reasoning.finished": {
      const { runId, text } = event.data;
      const id = context.messageId(runId);
      return [out("reasoning_step", { id, content: text, agent_name: agentName })];
    }
    case "tool.started":
      return toolStarted(event.data.callId, context);
    case "tool.finished":
      return toolFinished(event, context);
    case "approval.requested": {
      const { view } = event.data.approval;
      const message = `${view.title}: waiting for an answer in Aetheria's own window.`;
      return [out("status", { conversationId, status: "waiting", message })];
    }
    case "run.finished":
      return runFinished(event, context);
    default:
      return [];
  }
}

export function legacyLive(event: LiveEvent, context: LegacyContext): LegacyOut[] {
  switch (event.type) {
    case "text.delta":
      return [response(context.messageId(event.runId), { content: event.text })];
    case "reasoning.delta":
      return [response(context.messageId(event.runId), { reasoning_content: event.text })];
    case "tool.output": {
      const call = context.call(event.callId);
      if (call?.family !== "sandbox") return [];
      const data = { ...sandboxCall(event.callId, call), stdout: event.text, stderr: "" };
      return [out("sandbox-command-update", data)];
    }
    case "run.status": {
      const id = context.messageId(event.runId);
      const message = event.detail ?? "";
      const { conversationId } = context;
      return [out("status", { id, conversationId, status: event.status, message })];
    }
  }
}

type Call = NonNullable<ReturnType<LegacyContext["call"]>>;

function toolStarted(callId: CallId, context: LegacyContext): LegacyOut[] {
  const call = context.call(callId);
  if (!call) return [];
  const step = agentStep(call, "tool_start");
  if (call.family !== "sandbox") return [step];
  return [step, out("sandbox-command-started", sandboxCall(callId, call))];
}

function toolFinished({ data }: EventOf<"tool.finished">, context: LegacyContext): LegacyOut[] {
  const call = context.call(data.callId);
  if (!call) return [];
  const step = agentStep(call, "tool_end", data.outcome === "done");
  if (call.family !== "sandbox") return [step];
  const exitCode = data.view?.kind === "run" ? data.view.exitCode : 0;
  const code = data.outcome === "done" ? (exitCode ?? 1) : 1;
  const told = code === 0 ? { stdout: data.text, stderr: "" } : { stdout: "", stderr: data.text };
  const finished = { ...sandboxCall(data.callId, call), ...told, exit_code: code, exitCode: code };
  return [step, out("sandbox-command-finished", finished)];
}

function runFinished({ data }: EventOf<"run.finished">, context: LegacyContext): LegacyOut[] {
  const { conversationId } = context;
  const id = context.messageId(data.runId);
  const content = context.runText(data.runId);
  const status = data.outcome === "done" ? "completed" : data.outcome;
  const completed = out("run_completed", { id, messageId: id, conversationId, status, content });
  const last = response(id, { streaming: false, done: true });
  if (!data.error || data.outcome === "stopped") return [last, completed];
  const { message, hint = "", code } = data.error;
  const error = out("error", { id, message: `${message} ${hint}`.trim(), code, reset: false });
  return [error, last, completed];
}

export const response = (id: string, part: Record<string, unknown>): LegacyOut =>
  out("response", {
    id,
    content: "",
    reasoning_content: "",
    streaming: true,
    done: false,
    agent_name: agentName,
    ...part,
  });

function agentStep(call: Call, type: "tool_start" | "tool_end", success?: boolean): LegacyOut {
  const { messageId: id, name } = call;
  const step = { id, type, name, agent_name: agentName };
  return out("agent_step", success === undefined ? step : { ...step, success });
}

/** Their clients know a command by either of these two names. */
const sandboxCall = (callId: CallId, { messageId, input }: Call) => ({
  id: messageId,
  execution_id: callId,
  artifactId: callId,
  command: commandOf(input),
});

function commandOf(input: unknown): string {
  const known = z.object({ command: z.string() }).or(z.object({ code: z.string() }));
  const parsed = known.safeParse(input);
  if (!parsed.success) return JSON.stringify(input ?? null);
  return "command" in parsed.data ? parsed.data.command : parsed.data.code;
}

export const out = (name: LegacyOut["name"], data: LegacyOut["data"]): LegacyOut => ({
  name,
  data,
});
