// The whole wire protocol: what crosses a channel in either direction. Both sides parse all of it.
import * as z from "zod/mini";
import { Push } from "./calls.ts";
import { ErrorData } from "./errors.ts";

/** Client to host. `id` is chosen by the client and comes back with the answer. */
export const ToHost = z.object({
  type: z.literal("call"),
  id: z.number(),
  name: z.string(),
  input: z.unknown(),
});
export type ToHost = z.infer<typeof ToHost>;

/** Host to client: one answer or failure for each call, and pushes at any time. */
export const ToClient = z.discriminatedUnion("type", [
  z.object({ type: z.literal("answer"), id: z.number(), output: z.unknown() }),
  z.object({ type: z.literal("failure"), id: z.number(), error: ErrorData }),
  z.object({ type: z.literal("push"), push: Push }),
]);
export type ToClient = z.infer<typeof ToClient>;
