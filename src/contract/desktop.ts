// What crosses the lines of the desktop app that are not the contract's calls: the window's few verbs
// to Electron's main process, what main tells the window, and main's talk with the host's process.
import * as z from "zod/mini";
import { ErrorData } from "./errors.ts";
import { SessionId } from "./ids.ts";
import { Settings } from "./settings.ts";

const text = (max: number) => z.string().check(z.maxLength(max));
const verb = <In extends z.core.$ZodType, Out extends z.core.$ZodType>(input: In, output: Out) => ({
  input,
  output,
});
const nothing = z.object({});

/** How this machine keeps secrets. `basic_text` is no protection and is used with consent only. */
export const Keychain = z.enum(["os", "basic_text", "none"]);
export type Keychain = z.infer<typeof Keychain>;

export const HostState = z.discriminatedUnion("phase", [
  z.object({ phase: z.literal("starting") }),
  z.object({ phase: z.literal("ready") }),
  /** It died or would not start; `retryAt` (ms since the epoch) is when the next try begins, null:
   * it has failed too often and waits for the person. */
  z.object({ phase: z.literal("failed"), error: ErrorData, retryAt: z.nullable(z.number()) }),
]);
export type HostState = z.infer<typeof HostState>;

export const UpdateState = z.discriminatedUnion("phase", [
  /** This copy cannot update itself; `why` is a sentence. */
  z.object({ phase: z.literal("unsupported"), why: z.string() }),
  z.object({ phase: z.literal("idle"), checkedAt: z.nullable(z.number()) }),
  z.object({ phase: z.literal("checking") }),
  z.object({ phase: z.literal("available"), version: z.string() }),
  z.object({ phase: z.literal("downloading"), version: z.string(), percent: z.number() }),
  /** `waitsForRuns`: it installs itself once nothing runs any more. */
  z.object({ phase: z.literal("ready"), version: z.string(), waitsForRuns: z.boolean() }),
  z.object({ phase: z.literal("failed"), error: ErrorData }),
]);
export type UpdateState = z.infer<typeof UpdateState>;

/** Everything the window may ask of main. Main parses the input, checks that its own page asks, and
 * refuses the rest without effect. */
export const desktopVerbs = {
  /** Sends a fresh port to the host, as a `port` message, once the host is ready. */
  connect: verb(nothing, nothing),
  state: verb(
    nothing,
    z.object({ host: HostState, keychain: Keychain, update: UpdateState, logPath: z.string() }),
  ),
  restartHost: verb(nothing, nothing),
  /** Shows the log in the system's file manager. */
  showLog: verb(nothing, nothing),
  /** The end of the log, for the eyes of a person. */
  readLog: verb(nothing, z.object({ text: z.string() })),
  /** `https:` and `mailto:` open at once; other schemes ask first; dangerous ones never open. */
  openLink: verb(z.object({ url: text(4096) }), z.object({ opened: z.boolean() })),
  chooseFolder: verb(nothing, z.object({ path: z.nullable(z.string()) })),
  /** Prints the page as it is laid out for paper to a PDF that the person names. */
  savePdf: verb(z.object({ name: text(200) }), z.object({ path: z.nullable(z.string()) })),
  /** Shows a file of this machine in the system's file manager, and never opens it. */
  showInFolder: verb(z.object({ path: text(4096) }), nothing),
  checkForUpdate: verb(nothing, nothing),
  installUpdate: verb(nothing, nothing),
  /** From the quick-ask window: hides it, and shows the session in the main window when named. */
  closeQuickAsk: verb(z.object({ sessionId: z.nullable(SessionId) }), nothing),
} as const;
export type DesktopVerbs = typeof desktopVerbs;
export type DesktopVerb = keyof DesktopVerbs;
export type VerbInput<Name extends DesktopVerb> = z.infer<DesktopVerbs[Name]["input"]>;
export type VerbOutput<Name extends DesktopVerb> = z.infer<DesktopVerbs[Name]["output"]>;

/** What main tells its windows without being asked. */
export const DesktopEvent = z.discriminatedUnion("type", [
  z.object({ type: z.literal("host"), host: HostState }),
  z.object({ type: z.literal("update"), update: UpdateState }),
  /** A menu item, a deep link or a notification leads somewhere in the page. */
  z.object({ type: z.literal("go"), to: z.lazy(() => Destination) }),
]);
export type DesktopEvent = z.infer<typeof DesktopEvent>;

/** Where an `aetheria://` link, a menu or a notification can lead. Never an action: a link can come
 * from anybody. */
export const Destination = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("session"),
    sessionId: SessionId,
    seq: z.optional(z.number()),
    /** The window in front: `browser`. The chat without one. */
    app: z.optional(text(40)),
  }),
  z.object({ kind: z.literal("new"), draft: z.optional(text(20_000)) }),
  z.object({ kind: z.literal("settings"), section: z.optional(text(40)) }),
  z.object({ kind: z.literal("palette") }),
  /** What the mirror's server called back: ends a sign-in that this computer began, and no other (PKCE). */
  z.object({ kind: z.literal("signIn"), callback: text(8_000) }),
  /** A file the person opened with Aetheria: our own export, its text at most 200 MB. */
  z.object({ kind: z.literal("import"), name: text(255), text: z.string() }),
]);
export type Destination = z.infer<typeof Destination>;

/** Something for the person's eyes while no window of ours has them. */
export const Attention = z.object({
  kind: z.enum(["approval", "finished", "failed"]),
  sessionId: SessionId,
  title: z.string(),
});
export type Attention = z.infer<typeof Attention>;

/** From the host's process to main. */
export const HostMessage = z.discriminatedUnion("type", [
  z.object({ type: z.literal("ready") }),
  z.object({ type: z.literal("failed"), error: ErrorData }),
  z.object({ type: z.literal("settings"), settings: Settings }),
  z.object({ type: z.literal("attention"), attention: Attention }),
  /** How many runs work or wait right now. */
  z.object({ type: z.literal("running"), count: z.number() }),
  /** A restore or a deletion wants a fresh host at once. */
  z.object({ type: z.literal("restart") }),
  z.object({
    type: z.literal("secret"),
    id: z.number(),
    /** `encrypt` takes plain text and gives base64, `decrypt` the reverse. */
    verb: z.enum(["encrypt", "decrypt"]),
    text: z.string(),
  }),
  z.object({ type: z.literal("closed") }),
]);
export type HostMessage = z.infer<typeof HostMessage>;

/** From main to the host's process. */
export const MainMessage = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("start"),
    dataDir: z.string(),
    keychain: Keychain,
    /** The system opens aetheria:// links with this program. */
    hasLinks: z.boolean(),
  }),
  /** Comes with one MessagePort: a window's line. */
  z.object({ type: z.literal("port") }),
  z.object({
    type: z.literal("secret"),
    id: z.number(),
    /** null: it could not be done. */
    text: z.nullable(z.string()),
  }),
  /** The machine went to sleep or woke: connections are stale. */
  z.object({ type: z.literal("power"), state: z.enum(["suspend", "resume"]) }),
  z.object({ type: z.literal("close") }),
]);
export type MainMessage = z.infer<typeof MainMessage>;

/** What the preload puts on the page as `window.aetheria`, and nothing else. */
export interface DesktopBridge {
  readonly platform: string;
  call<Name extends DesktopVerb>(name: Name, input: VerbInput<Name>): Promise<VerbOutput<Name>>;
  onEvent(listener: (event: DesktopEvent) => void): void;
}

/** The `data` of the window message that carries the port to the host (`event.ports[0]`). */
export const portMessage = "aetheria:port";
