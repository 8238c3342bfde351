// What the wire says about tools: effect classes, labels, decisions and results.
import * as z from "zod/mini";
import { PageBox } from "./browser.ts";
import { Sha256 } from "./ids.ts";
import { SandboxLanguage, SandboxTier } from "./sandbox.ts";
import { AttachmentRef } from "./session.ts";

/** Where a value came from. `private`: the person's own data. `untrusted`: anybody's text. */
export const Label = z.enum(["private", "untrusted"]);
export type Label = z.infer<typeof Label>;

/** What a call may do, from harmless to grave. */
export const Effect = z.enum([
  "read",
  "write_workspace",
  "delete",
  "write_machine",
  "run_code",
  "leaves_machine",
]);
export type Effect = z.infer<typeof Effect>;

/** Data that would leave this machine: where to, and exactly what, line by line. */
export const Leaving = z.object({
  to: z.string(),
  what: z.array(z.object({ name: z.string(), value: z.string() })),
});
export type Leaving = z.infer<typeof Leaving>;

export const Verdict = z.enum(["allow", "ask", "deny"]);
export type Verdict = z.infer<typeof Verdict>;

/** A decision and its reason; `rule` names the rule or the grant that decided. */
export const Decision = z.object({ verdict: Verdict, rule: z.string(), why: z.string() });
export type Decision = z.infer<typeof Decision>;

export const ToolOutcome = z.enum(["done", "failed", "denied", "stopped", "unknown"]);
export type ToolOutcome = z.infer<typeof ToolOutcome>;

/** What a tool shows on screen beside its text; `kind` picks the view. */
export const ToolView = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("text") }),
  z.object({ kind: z.literal("diff"), path: z.string(), diff: z.string() }),
  z.object({
    kind: z.literal("entries"),
    entries: z.array(
      z.object({
        path: z.string(),
        type: z.enum(["file", "folder", "link", "other"]),
        sizeBytes: z.optional(z.number()),
        modifiedAt: z.optional(z.number()),
      }),
    ),
  }),
  z.object({
    kind: z.literal("matches"),
    matches: z.array(z.object({ path: z.string(), line: z.number(), text: z.string() })),
  }),
  z.object({ kind: z.literal("page"), url: z.string(), title: z.string() }),
  /** A verb of the browser; `picture` is the page right after it, kept for replay. It comes later than
   * the rest: as attachment.added of the same call. */
  z.object({
    kind: z.literal("browser"),
    url: z.string(),
    title: z.string(),
    /** `click “Search”`. */
    action: z.string(),
    /** What the model was told of it: untrusted. */
    told: z.string(),
    picture: z.optional(AttachmentRef),
    /** Where on the picture it was done: CSS pixels of a page `viewport` large. */
    box: z.optional(PageBox),
    viewport: z.optional(z.object({ width: z.number(), height: z.number() })),
  }),
  z.object({
    kind: z.literal("search"),
    query: z.string(),
    engine: z.string(),
    results: z.array(z.object({ title: z.string(), url: z.string(), extract: z.string() })),
  }),
  /** A program that ran. Its whole output is `files`, where it was long. */
  z.object({
    kind: z.literal("run"),
    language: SandboxLanguage,
    tier: SandboxTier,
    code: z.string(),
    /** null: it was ended. */
    exitCode: z.nullable(z.number()),
    /** Why it ended, where it did not end by itself: a full sentence. */
    ended: z.optional(z.string()),
    output: z.string(),
    /** All that it printed, in bytes; `output` is cut when it is less. */
    outputBytes: z.number(),
    memoryPeakBytes: z.nullable(z.number()),
    /** Relative to the workspace, with `/`. */
    changed: z.array(
      z.object({ path: z.string(), change: z.enum(["created", "modified", "deleted"]) }),
    ),
    blockedHosts: z.array(z.string()),
  }),
]);
export type ToolView = z.infer<typeof ToolView>;

export const ToolDescription = z.object({
  name: z.string(),
  family: z.string(),
  /** One short line for people (composer, palette). */
  title: z.string(),
  description: z.string(),
  effect: Effect,
  /** JSON Schema (draft 2020-12) of the input object. */
  inputSchema: z.record(z.string(), z.unknown()),
});
export type ToolDescription = z.infer<typeof ToolDescription>;

/** What was at a path at a moment: a file whose content is kept among the attachments by its hash,
 * nothing, a folder, or something that is not kept (too large, a link, a device). */
export const FileState = z.union([
  Sha256,
  z.literal("absent"),
  z.literal("folder"),
  z.literal("unkept"),
]);
export type FileState = z.infer<typeof FileState>;

/** What one call did to one file or folder. A move is two of them. */
export const FileEffect = z.object({
  /** The workspace then, an absolute real path. */
  root: z.string(),
  /** Relative to `root`, with `/`. */
  path: z.string(),
  before: FileState,
  after: FileState,
  /** Permission bits of the file before, where the system has them. */
  mode: z.optional(z.number()),
});
export type FileEffect = z.infer<typeof FileEffect>;

export const ToolResultData = z.object({
  outcome: ToolOutcome,
  /** What the model reads. */
  text: z.string(),
  view: z.optional(ToolView),
  files: z.array(AttachmentRef),
  labels: z.array(Label),
});
export type ToolResultData = z.infer<typeof ToolResultData>;
