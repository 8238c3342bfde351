// Every call a client can make and every push it can get, with their schemas. Imperative names.
// The host fills this table; a missing handler does not compile.
import * as z from "zod/mini";
import { ApprovalAnswer, Grant, GrantScope } from "./approval.ts";
import { DataFile, DataProgress, FileChange, FileEntry, Moment, RewindFile } from "./data.ts";
import { ErrorData } from "./errors.ts";
import { LiveEvent, SessionEvent } from "./events.ts";
import { ApprovalId, CallId, DeviceId, GrantId, MessageId, SessionId, Sha256 } from "./ids.ts";
import {
  AttachmentRef,
  Delivery,
  ModelRef,
  OpenOutput,
  OpenText,
  PermissionMode,
  SearchHit,
  SessionSummary,
} from "./session.ts";
import {
  BrowserDriver,
  BrowserFetch,
  BrowserInput,
  BrowserProfile,
  BrowserStatus,
  SiteRule,
} from "./browser.ts";
import { LanStatus, Pairing } from "./lan.ts";
import { FilePlace, MirrorChoice, MirrorDevice, MirrorStatus } from "./mirror.ts";
import { SandboxLanguage, SandboxStatus, TerminalPlace } from "./sandbox.ts";
import { Settings, SettingsPatch } from "./settings.ts";
import { ToolDescription, ToolResultData } from "./tool.ts";
import { Account, Check, EgressEntry, ModelCatalog, PullProgress, Spending } from "./system.ts";

const call = <In extends z.core.$ZodType, Out extends z.core.$ZodType>(input: In, output: Out) => ({
  input,
  output,
});
const nothing = z.object({});
const bySession = z.object({ sessionId: SessionId });
const text = (max: number) => z.string().check(z.maxLength(max));

/** The largest message text, in UTF-16 units. Longer texts are attached as files. */
export const maxMessageLength = 1_000_000;
/** The largest piece of an attachment in one call. */
export const maxChunkBytes = 512 * 1024;

/** What a watcher needs to show a session from nothing: the tail of its log and what is open. */
export const SessionSnapshot = z.object({
  summary: SessionSummary,
  /** Events in order, ending with seq = summary.seq. */
  events: z.array(SessionEvent),
  /** True when `events` continues exactly where the asked `from` ended; false: start afresh. */
  continues: z.boolean(),
  /** True when older events exist before events[0]; fetch them with session.history. */
  hasEarlier: z.boolean(),
  openTexts: z.array(OpenText),
  openOutputs: z.array(OpenOutput),
});
export type SessionSnapshot = z.infer<typeof SessionSnapshot>;

export const calls = {
  "system.hello": call(
    z.object({ contractVersion: z.number(), client: text(40) }),
    z.object({
      contractVersion: z.number(),
      version: z.string(),
      platform: z.string(),
      home: z.string(),
      notices: z.array(ErrorData),
    }),
  ),
  "system.doctor": call(nothing, z.object({ checks: z.array(Check) })),
  "system.spending": call(nothing, Spending),
  "system.egress": call(
    z.object({ sessionId: z.optional(SessionId), limit: z.number() }),
    z.object({ entries: z.array(EgressEntry) }),
  ),

  "session.list": call(
    z.object({
      archived: z.optional(z.boolean()),
      limit: z.optional(z.number()),
      /** Continue after this `updatedAt` (exclusive), newest first. */
      before: z.optional(z.number()),
    }),
    z.object({ sessions: z.array(SessionSummary), hasMore: z.boolean() }),
  ),
  "session.create": call(
    z.object({
      title: z.optional(text(200)),
      workspace: z.optional(z.nullable(text(4096))),
      model: z.optional(z.nullable(ModelRef)),
      mode: z.optional(PermissionMode),
    }),
    SessionSummary,
  ),
  /** Watch a session. With `from`, the last seq the client has, only what is missing is sent. */
  "session.open": call(
    z.object({ sessionId: SessionId, from: z.optional(z.number()) }),
    SessionSnapshot,
  ),
  "session.close": call(bySession, nothing),
  "session.history": call(
    z.object({ sessionId: SessionId, before: z.number(), limit: z.number() }),
    z.object({ events: z.array(SessionEvent), hasEarlier: z.boolean() }),
  ),
  /** Idempotent by messageId: the same message sent twice is in the log once. */
  "session.send": call(
    z.object({
      sessionId: SessionId,
      messageId: MessageId,
      text: text(maxMessageLength),
      attachments: z.array(AttachmentRef).check(z.maxLength(50)),
      delivery: Delivery,
    }),
    z.object({ seq: z.number(), queued: z.boolean() }),
  ),
  "session.unqueue": call(z.object({ sessionId: SessionId, messageId: MessageId }), nothing),
  "session.stop": call(bySession, z.object({ stopped: z.boolean() })),
  "session.rename": call(
    z.object({ sessionId: SessionId, title: text(200).check(z.minLength(1)) }),
    nothing,
  ),
  "session.archive": call(z.object({ sessionId: SessionId, archived: z.boolean() }), nothing),
  "session.configure": call(
    z.object({
      sessionId: SessionId,
      model: z.optional(z.nullable(ModelRef)),
      mode: z.optional(PermissionMode),
      workspace: z.optional(z.nullable(text(4096))),
    }),
    nothing,
  ),
  "session.delete": call(bySession, nothing),
  "session.fork": call(z.object({ sessionId: SessionId, seq: z.number() }), SessionSummary),
  /** Takes the conversation back to `toSeq`, and with `files` what the agent changed since. With
   * `keepBranch` a copy of the session as it is now is kept beside it. What a restored file held, and
   * every removed one, goes to the trash. */
  "session.rewind": call(
    z.object({
      sessionId: SessionId,
      toSeq: z.number(),
      files: z.optional(z.boolean()),
      keepBranch: z.optional(z.boolean()),
    }),
    z.object({
      branch: z.nullable(SessionId),
      restored: z.array(z.string()),
      removed: z.array(z.string()),
      failed: z.array(z.object({ path: z.string(), why: z.string() })),
    }),
  ),
  /** The moments a session can be taken back to, newest first: before each message of the person. */
  "session.moments": call(bySession, z.object({ moments: z.array(Moment) })),
  /** What `session.rewind` with `files` would do now. */
  "session.rewindPreview": call(
    z.object({ sessionId: SessionId, toSeq: z.number() }),
    z.object({ messages: z.number(), files: z.array(RewindFile) }),
  ),
  "session.retry": call(bySession, nothing),
  "session.export": call(
    z.object({ sessionId: SessionId, format: z.enum(["json", "markdown"]) }),
    z.object({ name: z.string(), mime: z.string(), text: z.string() }),
  ),
  /** The exported file is sent as an attachment before: no message is that large. Takes our own export
   * and ChatGPT's (conversations.json, or the zip it comes in); `skipped` could not be read. */
  "session.import": call(
    z.object({ file: AttachmentRef }),
    z.object({ sessions: z.array(SessionSummary), skipped: z.number() }),
  ),
  "session.search": call(
    z.object({
      query: text(1000),
      sessionId: z.optional(SessionId),
      limit: z.optional(z.number()),
    }),
    z.object({ hits: z.array(SearchHit), complete: z.boolean() }),
  ),

  "approval.answer": call(
    z.object({
      sessionId: SessionId,
      approvalId: ApprovalId,
      answer: ApprovalAnswer,
      scope: GrantScope,
      input: z.optional(z.unknown()),
    }),
    nothing,
  ),
  "grant.list": call(nothing, z.object({ grants: z.array(Grant) })),
  "grant.add": call(z.object({ grant: z.omit(Grant, { grantId: true, createdAt: true }) }), Grant),
  "grant.revoke": call(z.object({ grantId: GrantId }), nothing),

  "tool.list": call(nothing, z.object({ tools: z.array(ToolDescription) })),
  /** Run a tool by hand. It is asked, logged and shown like the agent's own calls. */
  "tool.run": call(
    z.object({ sessionId: SessionId, name: text(100), input: z.unknown() }),
    z.object({ callId: CallId, result: ToolResultData, error: z.optional(ErrorData) }),
  ),

  /** Looks, and starts nothing. Changes come as `sandbox.changed`, to be asked about again. */
  "sandbox.status": call(bySession, SandboxStatus),
  /** Ends everything in it and forgets its state; the next run starts a fresh one. */
  "sandbox.restart": call(bySession, nothing),
  /** Forgets what the language has kept across calls. */
  "sandbox.reset": call(z.object({ sessionId: SessionId, language: SandboxLanguage }), nothing),
  "sandbox.stopProcess": call(z.object({ sessionId: SessionId, processId: text(64) }), nothing),
  /** What a process printed since `from` (bytes), at most the youngest megabyte of it. */
  "sandbox.processOutput": call(
    z.object({ sessionId: SessionId, processId: text(64), from: z.number() }),
    z.object({ text: z.string(), next: z.number(), skippedBytes: z.number() }),
  ),
  /** `allowed`: this session's code may reach it; false: it may no longer. */
  "sandbox.host": call(
    z.object({ sessionId: SessionId, host: text(300), allowed: z.boolean() }),
    nothing,
  ),
  /** Lets this session's code run without a wall, where there is no sandbox; false takes it back. */
  "sandbox.consent": call(z.object({ sessionId: SessionId, machine: z.boolean() }), nothing),
  "sandbox.stopBuild": call(nothing, nothing),

  /** Looks, and starts nothing. Changes come as `browser.changed`, to be asked about again. */
  "browser.status": call(bySession, BrowserStatus),
  /** Starts it where it is not there, with an empty page. Returns when it is open. */
  "browser.open": call(bySession, nothing),
  /** Ends it with all its tabs; cookies stay where the profile keeps them. */
  "browser.close": call(bySession, nothing),
  /** Fetches Playwright's own Chromium; returns when it is there. */
  "browser.fetch": call(nothing, nothing),
  "browser.fetchStop": call(nothing, nothing),
  /** `person`: takes over; what the agent does next waits. `agent`: hands back. */
  "browser.drive": call(z.object({ sessionId: SessionId, driver: BrowserDriver }), nothing),
  /** By the person who drives, as are tab, dialog, choose and input: refused while the agent does. */
  "browser.navigate": call(
    z.object({
      sessionId: SessionId,
      to: z.union([
        z.object({ url: text(8_000) }),
        z.object({ step: z.enum(["back", "forward", "reload", "stop"]) }),
      ]),
    }),
    nothing,
  ),
  /** Without `tabId`: a new one. */
  "browser.tab": call(
    z.object({ sessionId: SessionId, tabId: z.optional(text(40)), close: z.optional(z.boolean()) }),
    nothing,
  ),
  "browser.dialog": call(
    z.object({ sessionId: SessionId, accept: z.boolean(), text: z.optional(text(10_000)) }),
    nothing,
  ),
  /** Paths of the workspace for the chooser that the page opened; none: it is dismissed. */
  "browser.choose": call(
    z.object({ sessionId: SessionId, paths: z.array(text(4096)).check(z.maxLength(100)) }),
    nothing,
  ),
  "browser.input": call(
    z.object({ sessionId: SessionId, inputs: z.array(BrowserInput).check(z.maxLength(200)) }),
    nothing,
  ),
  /** What is selected on the page, to copy it. */
  "browser.selection": call(bySession, z.object({ text: z.string() })),
  /** From here on: pictures of the page as `browser.frame` to this connection, at most this large. */
  "browser.watch": call(
    z.object({ sessionId: SessionId, maxWidth: z.number(), maxHeight: z.number() }),
    z.object({ viewId: z.string() }),
  ),
  /** That many pictures were drawn: more are sent only while few are on their way. */
  "browser.drawn": call(z.object({ viewId: text(64), frames: z.number() }), nothing),
  "browser.unwatch": call(z.object({ viewId: text(64) }), nothing),
  /** Which profile the session uses; an open browser starts anew with it. */
  "browser.profile": call(z.object({ sessionId: SessionId, profile: BrowserProfile }), nothing),
  /** Forgets a named profile with its logins. */
  "browser.forgetProfile": call(z.object({ name: text(40) }), nothing),
  /** A rule for a host in this session, kept as a grant; null takes it back. */
  "browser.site": call(
    z.object({ sessionId: SessionId, host: text(300), rule: z.nullable(SiteRule) }),
    nothing,
  ),

  /** For the person only. Its output goes to this connection alone, as pushes, and it ends with it. */
  "terminal.open": call(
    z.object({ sessionId: SessionId, place: TerminalPlace, cols: z.number(), rows: z.number() }),
    z.object({ terminalId: z.string() }),
  ),
  "terminal.write": call(z.object({ terminalId: text(64), text: text(1_000_000) }), nothing),
  "terminal.resize": call(
    z.object({ terminalId: text(64), cols: z.number(), rows: z.number() }),
    nothing,
  ),
  /** How many bytes of output were drawn: more is sent only while little is on its way. */
  "terminal.drawn": call(z.object({ terminalId: text(64), bytes: z.number() }), nothing),
  "terminal.close": call(z.object({ terminalId: text(64) }), nothing),

  "model.list": call(z.object({ refresh: z.optional(z.boolean()) }), ModelCatalog),
  /** Returns when the model is there; progress comes as pushes. */
  "model.pull": call(z.object({ name: text(200) }), nothing),
  "model.pullStop": call(z.object({ name: text(200) }), nothing),

  "settings.get": call(nothing, Settings),
  "settings.set": call(SettingsPatch, Settings),

  "account.list": call(nothing, z.object({ accounts: z.array(Account) })),
  /** Checks the key against the provider before it is kept. */
  "account.connect": call(
    z.object({
      provider: z.enum(["openai", "brave", "tavily"]),
      key: text(1000),
      baseUrl: z.optional(text(2000)),
    }),
    Account,
  ),
  "account.disconnect": call(z.object({ provider: text(100) }), nothing),

  "mirror.status": call(nothing, MirrorStatus),
  /** Signs in at a project of Supabase, or makes an account there. Throws unauthorized with the reason. */
  "mirror.signIn": call(
    z.object({
      url: text(2_000),
      anonKey: text(4_000),
      email: text(320),
      password: text(1_000),
      isNew: z.boolean(),
    }),
    MirrorStatus,
  ),
  /** The page that the person's browser is to open; null: a link comes by mail. Either ends with
   * `mirror.finishSignIn`. */
  "mirror.startSignIn": call(
    z.object({
      url: text(2_000),
      anonKey: text(4_000),
      by: z.union([
        z.object({ provider: z.enum(["google", "github", "apple", "azure"]) }),
        z.object({ email: text(320) }),
      ]),
    }),
    z.object({ open: z.nullable(z.string()) }),
  ),
  "mirror.finishSignIn": call(z.object({ callback: text(8_000) }), MirrorStatus),
  /** For phones, which sign in by e-mail and password: an account made by a provider or a link has none. */
  "mirror.setPassword": call(z.object({ password: text(1_000) }), nothing),
  /** What is mirrored stays there; local data stays here. `everywhere`: of all devices, which is what to do
   * when one was lost. */
  "mirror.signOut": call(z.object({ everywhere: z.optional(z.boolean()) }), MirrorStatus),
  /** Every row and file of the account. Nothing on this machine is touched. */
  "mirror.deleteCloud": call(z.object({ confirm: z.literal("delete cloud data") }), MirrorStatus),
  /** With a key on the account: opens it. Without: makes one. */
  "mirror.unlock": call(z.object({ passphrase: text(1_000) }), MirrorStatus),
  /** A new key seals from now on, under this passphrase; older rows stay readable to who has both. */
  "mirror.rotateKey": call(z.object({ passphrase: text(1_000) }), MirrorStatus),
  /** For another device of the person: an address that carries the key, to be shown as a picture. */
  "mirror.link": call(z.object({ companion: text(2_000) }), z.object({ link: z.string() })),
  "mirror.devices": call(nothing, z.object({ devices: z.array(MirrorDevice) })),
  "mirror.revokeDevice": call(z.object({ deviceId: DeviceId }), nothing),
  /** What of a session is mirrored; null: as the settings say. */
  "mirror.choose": call(
    z.object({ sessionId: SessionId, choice: z.nullable(MirrorChoice) }),
    nothing,
  ),
  /** `as`: what that comes to; `mirroredSeq`: how far it is there. */
  "mirror.session": call(
    bySession,
    z.object({
      choice: z.nullable(MirrorChoice),
      as: MirrorChoice,
      mirroredSeq: z.number(),
      files: z.array(FilePlace),
    }),
  ),
  /** Brings a file of the session here that only the cloud has. Throws not_found, or tampered when it is
   * another. */
  "mirror.fetchFile": call(z.object({ sessionId: SessionId, sha256: Sha256 }), nothing),
  /** Tries what went wrong again now. */
  "mirror.retry": call(nothing, nothing),
  /** Writes, reads and removes a row of each kind. */
  "mirror.test": call(nothing, z.object({ checks: z.array(Check) })),

  /** Phones on the same network. Whether they may come is `settings.lan`. */
  "lan.status": call(nothing, LanStatus),
  /** A new code; the one before it is void. */
  "lan.pair": call(nothing, Pairing),
  /** Its token is void from here on, and its lines are closed. */
  "lan.revoke": call(z.object({ deviceId: DeviceId }), nothing),

  /** Pieces in order; the answer to the last one names the whole. */
  "attachment.put": call(
    z.object({
      uploadId: text(64),
      name: text(10_000),
      mime: text(200),
      offset: z.number(),
      bytes: z.instanceof(Uint8Array),
      last: z.boolean(),
    }),
    z.object({ file: z.nullable(AttachmentRef) }),
  ),
  "attachment.get": call(
    z.object({ sha256: Sha256, offset: z.number(), length: z.number() }),
    z.object({ bytes: z.instanceof(Uint8Array), sizeBytes: z.number() }),
  ),

  /** Folders of this machine, so that a person can choose a workspace. */
  "file.folders": call(
    z.object({ path: z.optional(text(4096)) }),
    z.object({
      path: z.string(),
      parent: z.nullable(z.string()),
      folders: z.array(z.object({ name: z.string(), path: z.string() })),
    }),
  ),
  /** Files of the session's workspace whose path matches, for `@` in the composer. */
  "file.find": call(
    z.object({ sessionId: SessionId, query: text(500), limit: z.number() }),
    z.object({ paths: z.array(z.string()) }),
  ),
  /** One folder of the session's workspace; `path` is relative to it, "" the workspace itself. */
  "file.list": call(
    z.object({ sessionId: SessionId, path: text(4096) }),
    z.object({ entries: z.array(FileEntry), truncated: z.boolean() }),
  ),
  /** A piece of a file, for its preview; `length` at most maxChunkBytes. */
  "file.read": call(
    z.object({
      sessionId: SessionId,
      path: text(4096),
      offset: z.number(),
      length: z.number(),
    }),
    z.object({
      bytes: z.instanceof(Uint8Array),
      sizeBytes: z.number(),
      mime: z.string(),
      modifiedAt: z.number(),
    }),
  ),
  /** What the agent changed in the workspace since the session began, in sum. */
  "file.changes": call(bySession, z.object({ changes: z.array(FileChange) })),
  /** From before the agent's first change to now; empty when there is no difference in text. */
  "file.diff": call(
    z.object({ sessionId: SessionId, path: text(4096) }),
    z.object({ diff: z.string(), binary: z.boolean() }),
  ),
  "trash.list": call(
    bySession,
    z.object({
      items: z.array(
        z.object({
          trashId: z.string(),
          path: z.string(),
          sizeBytes: z.number(),
          deletedAt: z.number(),
        }),
      ),
    }),
  ),
  "trash.restore": call(
    z.object({ sessionId: SessionId, trashId: z.string() }),
    z.object({ path: z.string() }),
  ),

  /** Backups and exports that lie in the data folder, newest first. */
  "data.list": call(nothing, z.object({ files: z.array(DataFile) })),
  /** Everything, keys excepted, in one file of the data folder. Progress comes as pushes. */
  "data.backup": call(nothing, DataFile),
  /** Every session as JSON and Markdown with its attachments, in one zip of the data folder. */
  "data.exportAll": call(nothing, DataFile),
  "data.stop": call(nothing, nothing),
  /** A piece of a listed file, to save it elsewhere; `length` at most maxChunkBytes. */
  "data.read": call(
    z.object({ name: text(255), offset: z.number(), length: z.number() }),
    z.object({ bytes: z.instanceof(Uint8Array), sizeBytes: z.number() }),
  ),
  "data.remove": call(z.object({ name: text(255) }), nothing),
  /** Puts a backup in place of everything; what was there is kept aside. The host starts anew. */
  "data.restore": call(
    z.object({ from: z.union([z.object({ name: text(255) }), z.object({ file: AttachmentRef })]) }),
    nothing,
  ),
  /** Deletes every session, file, key and setting of the data folder. The host starts anew. */
  "data.deleteAll": call(z.object({ confirm: z.literal("delete everything") }), nothing),
} as const;

export type Calls = typeof calls;
export type CallName = keyof Calls;
export type CallInput<Name extends CallName> = z.infer<Calls[Name]["input"]>;
export type CallOutput<Name extends CallName> = z.infer<Calls[Name]["output"]>;

/** What a companion may call: sessions, their questions and files. Never settings, keys or the machine. */
export const companionCalls: readonly CallName[] = [
  "system.hello",
  "session.list",
  "session.create",
  "session.open",
  "session.close",
  "session.history",
  "session.send",
  "session.unqueue",
  "session.stop",
  "session.rename",
  "session.search",
  "approval.answer",
  "attachment.put",
  "attachment.get",
  "browser.status",
  "browser.watch",
  "browser.drawn",
  "browser.unwatch",
];

/** Everything the host tells without being asked. */
export const Push = z.discriminatedUnion("type", [
  /** For those who watch the session: durable events first, then live ones, in order. */
  z.object({
    type: z.literal("session.frame"),
    sessionId: SessionId,
    events: z.array(SessionEvent),
    live: z.array(LiveEvent),
  }),
  z.object({ type: z.literal("session.changed"), summary: SessionSummary }),
  z.object({ type: z.literal("session.deleted"), sessionId: SessionId }),
  z.object({ type: z.literal("settings.changed"), settings: Settings }),
  z.object({ type: z.literal("models.changed") }),
  z.object({ type: z.literal("model.progress"), progress: PullProgress }),
  z.object({ type: z.literal("spending.changed"), spending: Spending }),
  z.object({ type: z.literal("mirror.changed"), status: MirrorStatus }),
  /** What `mirror.session` says of it changed: the choice, or where its files are. */
  z.object({ type: z.literal("mirror.session"), sessionId: SessionId }),
  z.object({ type: z.literal("lan.changed"), status: LanStatus }),
  z.object({ type: z.literal("notice"), notice: ErrorData }),
  z.object({ type: z.literal("data.progress"), progress: DataProgress }),
  /** Something the agent did changed files of the session's workspace. */
  z.object({ type: z.literal("files.changed"), sessionId: SessionId }),
  z.object({ type: z.literal("sandbox.changed"), sessionId: SessionId }),
  z.object({ type: z.literal("browser.changed"), sessionId: SessionId }),
  /** null: it ended, one way or the other. */
  z.object({ type: z.literal("browser.fetching"), fetch: z.nullable(BrowserFetch) }),
  z.object({
    type: z.literal("browser.frame"),
    viewId: z.string(),
    /** JPEG. */
    bytes: z.instanceof(Uint8Array),
    /** The page's window that it shows, CSS pixels: the picture may be smaller. */
    width: z.number(),
    height: z.number(),
    /** When it was taken, milliseconds since the epoch. */
    at: z.number(),
  }),
  z.object({
    type: z.literal("terminal.output"),
    terminalId: z.string(),
    bytes: z.instanceof(Uint8Array),
  }),
  z.object({
    type: z.literal("terminal.ended"),
    terminalId: z.string(),
    /** null: it did not end by itself. */
    exitCode: z.nullable(z.number()),
  }),
]);
export type Push = z.infer<typeof Push>;
