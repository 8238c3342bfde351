// What comes over the line from behind the wall, parsed: whatever stands there may be anything.
import * as z from "zod";
import { maxChanges } from "../../../core/sandbox-ports.ts";

export const Hello = z.object({
  protocol: z.literal(1),
  /** Version of the supervisor's own Python, which is also that of the runs. */
  python: z.string(),
  /** Where Node and a shell are; null: not there. */
  node: z.nullable(z.string()),
  shell: z.nullable(z.string()),
  proxyPort: z.number().int(),
});
export type Hello = z.infer<typeof Hello>;

export const End = z.object({
  exitCode: z.nullable(z.number()),
  ended: z.nullable(z.enum(["timeout", "stopped", "memory", "processes", "disk"])),
  stateLost: z.boolean(),
  ms: z.number(),
  memoryPeakBytes: z.nullable(z.number()),
  changed: z
    .array(z.object({ path: z.string(), change: z.enum(["created", "modified", "deleted"]) }))
    .max(maxChanges),
  moreChanges: z.number(),
});
export type End = z.infer<typeof End>;

export const Refused = z.object({ problem: z.string() });

export const Connected = z.object({ from: z.nullable(z.number()) });

export const DisplayHead = z.object({
  mime: z.string().max(100),
  name: z
    .string()
    .max(100)
    .regex(/^[\w-]+\.\w+$/),
  title: z.string().transform((title) => title.slice(0, 200)),
  size: z
    .number()
    .int()
    .nonnegative()
    .max(32 * 1024 * 1024),
});
export type DisplayHead = z.infer<typeof DisplayHead>;

export const Load = z.object({
  memoryBytes: z.number(),
  memoryLimitBytes: z.nullish(z.number()).transform((value) => value ?? null),
  cpuSeconds: z.number(),
  processes: z.number(),
  processLimit: z.nullish(z.number()).transform((value) => value ?? null),
});

/** What a sandbox gets at most. Null and absent: no limit of its own. */
export type SandboxLimits = {
  memoryBytes?: number;
  /** Threads count too. */
  processes?: number;
  /** How much a run may take from the disk the workspace is on. */
  diskBytes?: number;
  openFiles?: number;
  /** There is no cgroup: limits are set on each process, in a user namespace of its own. */
  byProcess?: boolean;
};
