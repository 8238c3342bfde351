// A session as a file: JSON that can be imported again, attachments inside, or Markdown to read.
import { createHash } from "node:crypto";
import * as z from "zod/mini";
import { AetheriaError } from "../../contract/errors.ts";
import { SessionEvent } from "../../contract/events.ts";
import { AttachmentRef } from "../../contract/session.ts";
import type { Attachments } from "../../core/ports.ts";
import { foldAll } from "../../core/session/reducer.ts";
import { emptyView, type Item } from "../../core/session/view.ts";

const SessionFile = z.object({
  format: z.literal("aetheria-session"),
  version: z.literal(1),
  events: z.array(SessionEvent).check(z.minLength(1)),
  attachments: z.array(z.object({ file: AttachmentRef, base64: z.string() })),
});

/** An attachment larger than this is named in the file, not carried. */
const maxCarriedBytes = 25 * 1024 * 1024;

export async function exportJson(
  events: SessionEvent[],
  attachments: Attachments,
): Promise<string> {
  const carried = [];
  for (const file of filesOf(events).values()) {
    if (file.sizeBytes > maxCarriedBytes) continue;
    const bytes = await attachments.get(file.sha256, 0, file.sizeBytes).catch(() => null);
    if (bytes) carried.push({ file, base64: Buffer.from(bytes.bytes).toString("base64") });
  }
  const whole = { format: "aetheria-session", version: 1, events, attachments: carried };
  return `${JSON.stringify(whole)}\n`;
}

function filesOf(events: SessionEvent[]): Map<string, AttachmentRef> {
  const files = new Map<string, AttachmentRef>();
  for (const event of events) {
    if (event.type === "message.sent")
      for (const file of event.data.attachments) files.set(file.sha256, file);
    if (event.type === "tool.finished")
      for (const file of event.data.files) files.set(file.sha256, file);
    if (event.type === "attachment.added" || event.type === "artifact.created")
      files.set(event.data.file.sha256, event.data.file);
  }
  return files;
}

/** Reads an exported file and stores its attachments. Returns events numbered 1, 2, 3. */
export async function importJson(text: string, attachments: Attachments): Promise<SessionEvent[]> {
  const parsed = SessionFile.safeParse(readJson(text));
  if (!parsed.success || parsed.data.events[0]?.type !== "session.created")
    throw new AetheriaError("bad_input", "This file is not a session exported by Aetheria.", {
      hint: "Choose a .json file made with Export.",
    });
  const carried = parsed.data.attachments.map(({ file, base64 }) => unpacked(file, base64));
  for (const { file, bytes } of carried) await attachments.put(bytes, file.name, file.mime);
  return parsed.data.events.map((event, index) => ({ ...event, seq: index + 1 }));
}

/** What is not what its hash says would be stored under another name and never be found. */
function unpacked(file: AttachmentRef, base64: string) {
  const bytes = Buffer.from(base64, "base64");
  if (createHash("sha256").update(bytes).digest("hex") === file.sha256) return { file, bytes };
  throw new AetheriaError(
    "bad_input",
    `This file is damaged: “${file.name}” in it is not what it was.`,
    { hint: "Export the session again." },
  );
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

export function exportMarkdown(title: string, events: SessionEvent[]): string {
  const { items } = foldAll(emptyView, events);
  const parts = items.flatMap(markdownOf);
  return `# ${title === "" ? "Session" : title}\n\n${parts.join("\n\n")}\n`;
}

function markdownOf(item: Item): string[] {
  switch (item.kind) {
    case "message": {
      const files = item.attachments.map((file) => `- 📎 ${file.name}`).join("\n");
      const quoted = item.text.replaceAll("\n", "\n> ");
      return [
        `**You** · ${new Date(item.at).toISOString()}\n\n> ${quoted}`,
        ...(files ? [files] : []),
      ];
    }
    case "text":
      return [item.text];
    case "reasoning":
      return [`<details><summary>Thought</summary>\n\n${item.text}\n\n</details>`];
    case "tool":
      return [`- \`${item.summary.replaceAll("`", "'")}\` — ${item.state}`];
    case "run_end":
      return item.outcome === "done"
        ? []
        : [`_${item.error?.message ?? `The run was ${item.outcome}.`}_`];
    case "compacted":
      return ["_Older history was summarised here for the model._"];
    case "plan":
      return [item.steps.map((step, index) => `${index + 1}. ${step}`).join("\n")];
    case "artifact":
      return [`- 📄 ${item.artifact.title}`];
    case "question":
      return [`_${item.approval.view.title}_ — ${item.answer ?? "not answered"}`];
    case "note":
      return [];
  }
}
