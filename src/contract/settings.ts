// The settings a person makes in the app. They lie over the environment.
import * as z from "zod/mini";
import { BrowserKind } from "./browser.ts";
import { MirrorChoice } from "./mirror.ts";
import { ModelRef, PermissionMode } from "./session.ts";

const positive = z.number().check(z.minimum(0));

export const Budgets = z.object({
  stepsPerRun: positive,
  tokensPerRun: positive,
  minutesPerRun: positive,
  usdPerRun: positive,
  usdPerDay: positive,
});
export type Budgets = z.infer<typeof Budgets>;

export const Settings = z.object({
  /** null: chosen from what is configured or running. */
  model: z.nullable(ModelRef),
  /** Tried in order when the model cannot answer. Never from local to cloud without asking. */
  fallbacks: z.array(ModelRef),
  mode: PermissionMode,
  budgets: Budgets,
  /** On: nothing but loopback leaves this machine. */
  offline: z.boolean(),
  theme: z.enum(["system", "light", "dark", "contrast"]),
  /** `system`: the machine's language where there is a table for it, else English. */
  language: z.enum(["system", "en", "de"]),
  motion: z.enum(["system", "reduced"]),
  /** Percent of the normal text size, 80 to 200. */
  textScale: z.number().check(z.minimum(80), z.maximum(200)),
  /** What the person wants every session to know. */
  instructions: z.string().check(z.maxLength(20_000)),
  /** The folder new sessions start with. */
  workspace: z.nullable(z.string()),
  ollamaUrl: z.nullable(z.string()),
  /** Private addresses tools may reach, as hosts or host:port. */
  allowedPrivateHosts: z.array(z.string()),
  /** null: Chrome, Edge or Chromium, the first that is there, else Playwright's own. */
  browser: z.nullable(BrowserKind),
  /** Who answers web_search. `browser`: a results page, read in the session's browser. */
  search: z.object({
    engine: z.enum(["browser", "searxng", "brave", "tavily"]),
    /** Address of a SearXNG server. */
    searxngUrl: z.nullable(z.string().check(z.maxLength(2_000))),
  }),
  /** What of a session is mirrored where nothing else was chosen for it, once somebody is signed in. */
  mirror: MirrorChoice,
  /** Paired phones on the same network may connect. */
  lan: z.boolean(),
  trashDays: positive,
  /** Keys that the person changed: a command's id → `Ctrl+Shift+P`; empty: none. */
  shortcuts: z.record(z.string(), z.string()),
  /** Electron's accelerator for quick-ask; null: none. */
  quickAskKey: z.nullable(z.string().check(z.maxLength(80))),
  /** The desktop app starts with the session of the system. */
  autostart: z.boolean(),
  /** Closing the window leaves the app in the tray. */
  closeToTray: z.boolean(),
  /** Secrets may lie in a keychain that does not protect them (Linux without a keyring). */
  allowPlainKeychain: z.boolean(),
  updates: z.enum(["automatic", "ask", "off"]),
  /** The first-run guide was gone through. */
  guided: z.boolean(),
});
export type Settings = z.infer<typeof Settings>;

export const SettingsPatch = z.partial(Settings);
export type SettingsPatch = z.infer<typeof SettingsPatch>;

export const defaultSettings: Settings = {
  model: null,
  fallbacks: [],
  mode: "balanced",
  budgets: {
    stepsPerRun: 100,
    tokensPerRun: 2_000_000,
    minutesPerRun: 60,
    usdPerRun: 2,
    usdPerDay: 5,
  },
  offline: false,
  theme: "system",
  language: "system",
  motion: "system",
  textScale: 100,
  instructions: "",
  workspace: null,
  ollamaUrl: null,
  allowedPrivateHosts: [],
  browser: null,
  search: { engine: "browser", searxngUrl: null },
  mirror: "all",
  lan: false,
  trashDays: 30,
  shortcuts: {},
  quickAskKey: "CommandOrControl+Shift+Space",
  autostart: false,
  closeToTray: true,
  allowPlainKeychain: false,
  updates: "ask",
  guided: false,
};
