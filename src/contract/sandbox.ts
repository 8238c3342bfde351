// What the wire says about sandboxes: which wall stands around code, what runs behind it, what it may
// reach, and the terminals a person opens.
import * as z from "zod/mini";
import { ErrorData } from "./errors.ts";
import { CallId } from "./ids.ts";

/** The wall around code, strongest first. `machine`: none, by the person's consent for one session. */
export const SandboxTier = z.enum(["docker", "podman", "bubblewrap", "seatbelt", "machine"]);
export type SandboxTier = z.infer<typeof SandboxTier>;

export const SandboxLanguage = z.enum(["python", "node", "shell"]);
export type SandboxLanguage = z.infer<typeof SandboxLanguage>;

/** A program that was started and left to run. */
export const SandboxProcess = z.object({
  processId: z.string(),
  command: z.string(),
  startedAt: z.number(),
  /** null while it runs. */
  exitCode: z.nullable(z.number()),
  running: z.boolean(),
});
export type SandboxProcess = z.infer<typeof SandboxProcess>;

/** A run of the agent or the person that is under way. */
export const SandboxRun = z.object({
  callId: CallId,
  language: SandboxLanguage,
  /** Its first line, cut. */
  title: z.string(),
  startedAt: z.number(),
});
export type SandboxRun = z.infer<typeof SandboxRun>;

export const SandboxUsage = z.object({
  memoryBytes: z.number(),
  memoryLimitBytes: z.nullable(z.number()),
  /** Share of one core since the last look: 1 is one core. */
  cpu: z.number(),
  processes: z.number(),
  processLimit: z.nullable(z.number()),
});
export type SandboxUsage = z.infer<typeof SandboxUsage>;

/** Making the image of a sandbox, which takes minutes the first time. */
export const ImageBuild = z.object({
  image: z.string(),
  /** `Step 3 of 7: apt-get install …`. */
  step: z.string(),
  done: z.number(),
  total: z.number(),
});
export type ImageBuild = z.infer<typeof ImageBuild>;

export const SandboxStatus = z.object({
  /** The tier this session uses or would use; null: there is none here, and `problem` says what to do. */
  tier: z.nullable(SandboxTier),
  /** `Docker 28.2, python image`, as people say it. */
  title: z.string(),
  /** `none`: not started yet; the first run starts it. */
  phase: z.enum(["none", "building", "starting", "ready"]),
  problem: z.nullable(ErrorData),
  build: z.nullable(ImageBuild),
  runs: z.array(SandboxRun),
  processes: z.array(SandboxProcess),
  usage: z.nullable(SandboxUsage),
  /** Hosts this session's code may reach. */
  allowedHosts: z.array(z.string()),
  /** Hosts it tried to reach and was refused, newest first. */
  blockedHosts: z.array(z.string()),
  /** The person lets this session's code run on the bare machine. */
  machineConsent: z.boolean(),
});
export type SandboxStatus = z.infer<typeof SandboxStatus>;

export const TerminalPlace = z.enum(["sandbox", "machine"]);
export type TerminalPlace = z.infer<typeof TerminalPlace>;
