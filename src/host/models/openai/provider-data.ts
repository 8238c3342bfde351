// What an answer carries back to the server that gave it, in later requests: encrypted reasoning
// and the order of its output (Responses), reasoning fields and call extras (Chat). It is only ever
// given back to the same server and model; anything else is ignored.
import * as z from "zod/mini";

const origin = { url: z.string(), model: z.string() };

export const ResponsesData = z.object({
  kind: z.literal("openai.responses"),
  ...origin,
  output: z.array(
    z.discriminatedUnion("type", [
      z.object({ type: z.literal("reasoning"), item: z.record(z.string(), z.unknown()) }),
      z.object({
        type: z.literal("message"),
        id: z.string(),
        text: z.string(),
        phase: z.optional(z.string()),
      }),
      z.object({ type: z.literal("function_call"), id: z.string(), callId: z.string() }),
    ]),
  ),
});
export type ResponsesData = z.infer<typeof ResponsesData>;

export const ChatData = z.object({
  kind: z.literal("openai.chat"),
  ...origin,
  /** The name under which the server sends its reasoning. */
  field: z.optional(z.enum(["reasoning_content", "reasoning"])),
  details: z.optional(z.array(z.unknown())),
  extras: z.optional(z.record(z.string(), z.unknown())),
});
export type ChatData = z.infer<typeof ChatData>;
