// What the command's exit code says, and which error ends with which.
import type { ErrorCode } from "../contract/errors.ts";

export const exitCodes = { done: 0, failed: 1, badUsage: 2, refused: 3, missing: 4 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const special: Partial<Record<ErrorCode, ExitCode>> = {
  bad_input: exitCodes.badUsage,
  refused: exitCodes.refused,
  outside_workspace: exitCodes.refused,
  host_blocked: exitCodes.refused,
  offline: exitCodes.refused,
  model_missing: exitCodes.missing,
  model_unauthorized: exitCodes.missing,
  model_not_found: exitCodes.missing,
  workspace_missing: exitCodes.missing,
  node_too_old: exitCodes.missing,
  part_missing: exitCodes.missing,
};

export const exitCodeOf = (code: ErrorCode): ExitCode => special[code] ?? exitCodes.failed;
