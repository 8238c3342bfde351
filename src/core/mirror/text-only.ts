// What of a session leaves the computer when only its text is mirrored: every event keeps its number,
// time and kind, and what was said; arguments, results, files and details of approvals are emptied so
// that it still parses. Paths go too: they name files.
import type { SessionEvent } from "../../contract/events.ts";
import { Sha256 } from "../../contract/ids.ts";
import type { OpenParts, SessionHead } from "../../contract/mirror.ts";
import type { AttachmentRef } from "../../contract/session.ts";
import type { Decision } from "../../contract/tool.ts";

const noFile: AttachmentRef = {
  sha256: Sha256.parse("0".repeat(64)),
  name: "file",
  mime: "application/octet-stream",
  sizeBytes: 0,
};

const bare = ({ verdict }: Decision): Decision => ({ verdict, rule: "", why: "" });

export function textOnlyEvent(event: SessionEvent): SessionEvent {
  switch (event.type) {
    case "session.created":
      return { ...event, data: { ...event.data, workspace: null } };
    case "session.configured": {
      const { workspace, ...data } = event.data;
      return { ...event, data: workspace === undefined ? data : { ...data, workspace: null } };
    }
    case "message.sent":
      return { ...event, data: { ...event.data, attachments: [] } };
    case "reasoning.finished": {
      const { providerData: _, ...data } = event.data;
      return { ...event, data };
    }
    case "tool.requested":
      return { ...event, data: { ...event.data, summary: "", input: {} } };
    case "approval.requested": {
      const view = { title: "", sentence: "", fields: [] };
      return { ...event, data: { approval: { ...event.data.approval, view, why: "" } } };
    }
    case "approval.answered": {
      const { input: _, ...data } = event.data;
      return { ...event, data };
    }
    case "tool.started": {
      const { callId, decision } = event.data;
      return { ...event, data: { callId, decision: bare(decision) } };
    }
    case "tool.finished": {
      const { callId, outcome, labels, decision, ms } = event.data;
      const decided = decision === undefined ? {} : { decision: bare(decision) };
      return { ...event, data: { callId, outcome, text: "", files: [], labels, ...decided, ms } };
    }
    case "artifact.created":
      return { ...event, data: { ...event.data, title: "", file: noFile } };
    case "context.compacted":
      return { ...event, data: { ...event.data, summary: "" } };
    case "memory.saved":
      return { ...event, data: { ...event.data, text: "" } };
    case "agent.spawned":
      return { ...event, data: { ...event.data, task: "" } };
    case "agent.finished":
      return { ...event, data: { ...event.data, text: "" } };
    case "attachment.added":
      return { ...event, data: { ...event.data, file: noFile } };
    case "rewind.done":
      return { ...event, data: { toSeq: event.data.toSeq } };
    case "session.renamed":
    case "session.archived":
    case "message.withdrawn":
    case "run.started":
    case "run.finished":
    case "text.finished":
    case "plan.proposed":
    case "command.answered":
      return event;
  }
  return withoutData(event);
}

/** Of a newer Aetheria, which ran on this data before: nobody here knows what of it was said. */
const withoutData = (event: never): SessionEvent => Object.assign({}, event, { data: {} });

export const textOnlyHead = (head: SessionHead): SessionHead => ({
  ...head,
  summary: { ...head.summary, workspace: null },
});

export const textOnlyOpen = (open: OpenParts): OpenParts => ({ ...open, openOutputs: [] });
