// What ChatGPT's export looks like: conversations.json as it is documented by its many readers, with
// an edited question, tools, reasoning, pictures, and notes that its page hides.
import yazl from "yazl";

type Content = Record<string, unknown> & { content_type: string };
type Said = { role: string; name?: string; at?: number; recipient?: string; content: Content };

const message = (id: string, { role, name, at, recipient = "all", content }: Said, meta = {}) => ({
  id,
  author: { role, name: name ?? null, metadata: {} },
  create_time: at ?? null,
  update_time: null,
  content,
  status: "finished_successfully",
  end_turn: true,
  weight: 1,
  metadata: { model_slug: "gpt-4o", ...meta },
  recipient,
  channel: null,
});

const text = (...parts: string[]): Content => ({ content_type: "text", parts });

type NodeOf = { id: string; message: unknown; parent: string | null; children: string[] };

/** A mapping from messages in order; each answers the one before, or the one it names. */
function mappingOf(messages: { id: string; message: unknown; parent?: string }[]) {
  const mapping: Record<string, NodeOf> = {};
  let before: string | null = null;
  for (const { id, message: said, parent = before } of messages) {
    mapping[id] = { id, message: said, parent, children: [] };
    if (parent !== null) mapping[parent]?.children.push(id);
    before = id;
  }
  return mapping;
}

export const chatGptImageId = "file-AbC123";
const start = 1_700_000_000.25;

/** A trip planned with an edited question, a tool, a picture that came along and one that did not. */
export function chatGptTrip() {
  const picture = (id: string) => ({
    content_type: "image_asset_pointer",
    asset_pointer: `file-service://${id}`,
    size_bytes: 70,
    width: 10,
    height: 10,
  });
  const hidden = { is_visually_hidden_from_conversation: true };
  const say = (id: string, said: Said, meta = {}) => ({ id, message: message(id, said, meta) });
  const mapping = mappingOf([
    { id: "root", message: null },
    say("sys", { role: "system", content: text("") }, hidden),
    say("me", {
      role: "user",
      content: {
        content_type: "user_editable_context",
        user_profile: "I live in Graz.",
        user_instructions: "Be brief.",
      },
    }),
    say("q-old", { role: "user", at: start, content: text("Plan a trip to Rome") }),
    say("a-old", { role: "assistant", at: start + 2, content: text("Rome it is.") }),
    {
      ...say(
        "q",
        {
          role: "user",
          at: start + 10,
          content: {
            content_type: "multimodal_text",
            parts: [picture(chatGptImageId), picture("file-gone"), "Plan a trip to Lisbon"],
          },
        },
        { attachments: [{ id: chatGptImageId, name: "harbour.png", mimeType: "image/png" }] },
      ),
      parent: "me",
    },
    say("t", {
      role: "assistant",
      at: start + 11,
      content: {
        content_type: "thoughts",
        thoughts: [{ summary: "Distances", content: "How far is it?", chunks: [], finished: true }],
      },
    }),
    say("r", {
      role: "assistant",
      at: start + 12,
      content: { content_type: "reasoning_recap", content: "Thought for 3 seconds" },
    }),
    say("c", {
      role: "assistant",
      at: start + 13,
      recipient: "python",
      content: { content_type: "code", language: "unknown", text: "print(2830 / 90)" },
    }),
    say("o", {
      role: "tool",
      name: "python",
      at: start + 14,
      content: { content_type: "execution_output", text: "31.4" },
    }),
    say("a", {
      role: "assistant",
      at: start + 15,
      content: text("About **31 hours** by car.\ue200cite\ue202turn0search0\ue201"),
    }),
    say("k", {
      role: "assistant",
      at: start + 16,
      content: { content_type: "code", language: "python", text: "print('Lisbon')" },
    }),
    say("q2", { role: "user", at: start + 20, content: text("Thanks") }),
  ]);
  return {
    title: "Trip to Lisbon",
    create_time: start - 1,
    update_time: start + 20,
    mapping,
    moderation_results: [],
    current_node: "q2",
    plugin_ids: null,
    conversation_id: "trip",
    conversation_template_id: null,
    gizmo_id: null,
    is_archived: false,
    safe_urls: [],
    default_model_slug: "gpt-4o",
    id: "trip",
  };
}

export function chatGptPlain(title: string, question: string, answer: string) {
  const mapping = mappingOf([
    { id: "root", message: null },
    { id: "q", message: message("q", { role: "user", at: start, content: text(question) }) },
    { id: "a", message: message("a", { role: "assistant", at: start + 1, content: text(answer) }) },
  ]);
  return {
    title,
    create_time: start,
    update_time: start + 1,
    mapping,
    current_node: "a",
    id: title,
  };
}

export async function zipOf(files: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  const zip = new yazl.ZipFile();
  for (const [name, content] of Object.entries(files)) zip.addBuffer(Buffer.from(content), name);
  zip.end();
  const pieces: Buffer[] = [];
  for await (const piece of zip.outputStream) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}
