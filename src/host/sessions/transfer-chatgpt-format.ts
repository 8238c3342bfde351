// The shape of a conversation in ChatGPT's export (conversations.json), as loosely as it is written,
// and the way through its tree that its reader last saw. Pure; owns no meaning of ours.
import * as z from "zod/mini";

const Part = z.union([
  z.string(),
  z.looseObject({ content_type: z.optional(z.string()), asset_pointer: z.optional(z.string()) }),
]);
export type Part = z.infer<typeof Part>;

const text = z.optional(z.nullable(z.string()));
const seconds = z.optional(z.nullable(z.number()));

export const Message = z.object({
  author: z.object({ role: z.string(), name: text }),
  create_time: seconds,
  recipient: text,
  content: z.looseObject({
    content_type: z.string(),
    parts: z.optional(z.nullable(z.array(z.nullable(Part)))),
    text,
    language: text,
    result: text,
    thoughts: z.optional(z.array(z.object({ summary: text, content: text }))),
    user_profile: text,
    user_instructions: text,
  }),
  metadata: z.optional(
    z.nullable(
      z.object({
        model_slug: text,
        is_visually_hidden_from_conversation: z.optional(z.nullable(z.boolean())),
        attachments: z.optional(
          z.nullable(z.array(z.object({ id: text, name: text, mimeType: text, mime_type: text }))),
        ),
      }),
    ),
  ),
});
export type Message = z.infer<typeof Message>;

const Node = z.object({ message: z.optional(z.unknown()), parent: text });

export const Conversation = z.object({
  title: text,
  create_time: seconds,
  current_node: text,
  default_model_slug: text,
  is_archived: z.optional(z.nullable(z.boolean())),
  mapping: z.record(z.string(), Node),
});
export type Conversation = z.infer<typeof Conversation>;

/** The messages from the first to the one that was shown last; null is one that cannot be read. The
 * other branches of edits and retries are left out. */
export function shownBranch({ mapping, current_node }: Conversation): (Message | null)[] {
  const branch: (Message | null)[] = [];
  const seen = new Set<string>();
  let id = current_node && Object.hasOwn(mapping, current_node) ? current_node : youngest(mapping);
  while (id && !seen.has(id) && Object.hasOwn(mapping, id)) {
    seen.add(id);
    const { message = null, parent = null }: { message?: unknown; parent?: string | null } =
      mapping[id] ?? {};
    if (message !== null) branch.push(Message.safeParse(message).data ?? null);
    id = parent;
  }
  return branch.reverse();
}

function youngest(mapping: Conversation["mapping"]): string | null {
  let found: string | null = null;
  let latest = -Infinity;
  for (const [id, { message }] of Object.entries(mapping)) {
    const at = Message.safeParse(message).data?.create_time ?? -Infinity;
    if (at < latest && found !== null) continue;
    found = id;
    latest = at;
  }
  return found;
}
