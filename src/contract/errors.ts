// The closed list of what can go wrong, as data. A code for programs, a sentence for a person,
// a hint that is a way out, and whether trying again can help. Stack traces never get in here.
import * as z from "zod/mini";

export const errorCodes = [
  "bad_input",
  "not_found",
  "unauthorized",
  "refused",
  "conflict",
  "too_large",
  "rate_limited",
  "timeout",
  "cancelled",
  "offline",
  "host_blocked",
  "model_missing",
  "model_unauthorized",
  "model_not_found",
  "model_unreachable",
  "model_bad_response",
  "model_overloaded",
  "model_refused",
  "context_overflow",
  "budget_exceeded",
  "loop_detected",
  "workspace_missing",
  "outside_workspace",
  "disk_full",
  "store_damaged",
  "data_folder_in_use",
  "node_too_old",
  "part_missing",
  "disconnected",
  "locked",
  "tampered",
  "revoked",
  "expired",
  "quota_exceeded",
  "cloud_unreachable",
  "cloud_not_ready",
  "internal",
] as const;

export const ErrorCode = z.enum(errorCodes);
export type ErrorCode = z.infer<typeof ErrorCode>;

export const ErrorData = z.object({
  code: ErrorCode,
  message: z.string(),
  hint: z.optional(z.string()),
  retryable: z.boolean(),
  /** How long to wait before trying again, when the other side said so. */
  retryAfterMs: z.optional(z.number()),
});
export type ErrorData = z.infer<typeof ErrorData>;

type Extra = { hint?: string; retryable?: boolean; retryAfterMs?: number; cause?: unknown };

/** The one error thrown on purpose. `message` is a full sentence for a person. */
export class AetheriaError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, extra: Extra = {}) {
    super(message, extra.cause === undefined ? undefined : { cause: extra.cause });
    this.name = "AetheriaError";
    this.code = code;
    this.hint = extra.hint;
    this.retryable = extra.retryable ?? false;
    this.retryAfterMs = extra.retryAfterMs;
  }

  toData(): ErrorData {
    return {
      code: this.code,
      message: this.message,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      retryable: this.retryable,
      ...(this.retryAfterMs === undefined ? {} : { retryAfterMs: this.retryAfterMs }),
    };
  }

  static fromData(data: ErrorData): AetheriaError {
    return new AetheriaError(data.code, data.message, data);
  }

  /** Whatever was thrown, as data fit to cross a line: unknown errors lose their innards. */
  static toData(error: unknown): ErrorData {
    if (error instanceof AetheriaError) return error.toData();
    if (error instanceof Error && error.name === "AbortError")
      return { code: "cancelled", message: "That was stopped.", retryable: true };
    return {
      code: "internal",
      message: "Something went wrong inside Aetheria.",
      hint: "The details are in the host's log. Trying again may help.",
      retryable: true,
    };
  }
}
