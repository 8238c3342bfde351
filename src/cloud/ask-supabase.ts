// One question to the server: under its signal, its error as an AetheriaError, its rows parsed, and
// asked a second time with a fresh token where the first was refused as expired.
import type { SupabaseClient } from "@supabase/supabase-js";
import * as z from "zod/mini";
import { AetheriaError } from "../contract/errors.ts";
import { nobody, taken } from "./cloud-fetch.ts";
import { errorOfRefresh } from "./error-of-auth.ts";

/** What postgrest-js and storage-js answer with alike. */
export type Answer = { data: unknown; error: { message: string } | null };

export interface Questions {
  ask<Schema extends z.ZodMiniType>(
    signal: AbortSignal,
    schema: Schema,
    question: (client: SupabaseClient) => PromiseLike<Answer>,
  ): Promise<z.output<Schema>>;
  /** Whose mirror it is. Throws `unauthorized` when nobody is signed in. */
  userId(signal: AbortSignal): Promise<string>;
}

export function createQuestions(client: SupabaseClient): Questions {
  async function once(
    signal: AbortSignal,
    question: (client: SupabaseClient) => PromiseLike<Answer>,
  ) {
    const { data, error } = await abortable(question(client), signal);
    if (error === null) return data;
    signal.throwIfAborted();
    throw taken(error.message) ?? unknownProblem(error);
  }

  async function renew(signal: AbortSignal): Promise<void> {
    const { error } = await abortable(client.auth.refreshSession(), signal);
    if (error !== null) throw errorOfRefresh(error);
  }

  return {
    async ask(signal, schema, question) {
      let data: unknown;
      try {
        data = await once(signal, question);
      } catch (error) {
        if (!isUnauthorized(error)) throw error;
        await renew(signal);
        data = await once(signal, question);
      }
      const parsed = z.safeParse(schema, data);
      if (parsed.success) return parsed.data;
      throw unexpected(parsed.error);
    },
    async userId(signal) {
      const { data, error } = await abortable(client.auth.getSession(), signal);
      if (error !== null) throw errorOfRefresh(error);
      return data.session?.user.id ?? Promise.reject(nobody());
    },
  };
}

/** Rejects at once when the signal says so: parts of supabase-js take none. */
export async function abortable<Value>(
  work: PromiseLike<Value>,
  signal: AbortSignal,
): Promise<Value> {
  signal.throwIfAborted();
  let stop = (): void => undefined;
  const stopped = new Promise<never>((_, reject) => (stop = () => reject(signal.reason)));
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([work, stopped]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

const isUnauthorized = (error: unknown): boolean =>
  error instanceof AetheriaError && error.code === "unauthorized";

const unknownProblem = (cause: unknown): AetheriaError =>
  new AetheriaError("cloud_unreachable", "The server of the mirror gave no usable answer.", {
    hint: "The mirror tries again by itself.",
    retryable: true,
    cause,
  });

const unexpected = (cause: unknown): AetheriaError =>
  new AetheriaError("cloud_not_ready", "The server's answer is not what this version expects.", {
    hint: "Bring Aetheria on all devices and the migrations on the server up to date.",
    cause,
  });
