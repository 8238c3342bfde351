// The apps of the desk: how each looks in the dock and on its window, and where its code is.
import type { Component } from "svelte";
import DriveButton from "../../apps/browser/DriveButton.svelte";
import Chat from "../../apps/chat/Chat.svelte";
import { hostOf } from "../../browsing/address.ts";
import type { AppName } from "../../client/app-names.ts";
import type { AppState } from "../../client/app-state.svelte.ts";
import type { OpenSession } from "../../shared/open-session.svelte.ts";
import {
  Activity,
  FolderOpen,
  Globe,
  MessageSquareText,
  Plug,
  Settings,
  SquareTerminal,
  type Icon,
} from "../../ui/icons.ts";
import type { Tone } from "../../ui/tones.ts";
import type { Words } from "../../words/words.ts";

type OfSession = Component<{ session: OpenSession }>;

export interface DeskApp {
  icon: Icon;
  tone: Tone;
  title: (app: AppState, w: Words) => string;
  /** In the window's bar, beside its title. */
  verb?: Component;
  /** What in it waits for the person; 0: nothing. */
  waiting?: (app: AppState) => number;
  /** What fills the window; of a session, or of the whole page. */
  content:
    | { of: "session"; load: () => Promise<OfSession> }
    | { of: "page"; load: () => Promise<Component> };
}

export const apps: Readonly<Record<AppName, DeskApp>> = {
  chat: {
    icon: MessageSquareText,
    tone: "yellow",
    title: ({ open }, w) => w.chat.title(open?.view.title || w.sessions.untitled),
    // With the page: the first thing people see.
    content: { of: "session", load: () => Promise.resolve(Chat) },
  },
  activity: {
    icon: Activity,
    tone: "lilac",
    title: (_, w) => w.activity.title,
    content: {
      of: "session",
      load: async () => (await import("../../apps/activity/Activity.svelte")).default,
    },
  },
  browser: {
    icon: Globe,
    tone: "blue",
    title: ({ browser }, w) => {
      const host = hostOf(browser?.status?.tabs.find(({ active }) => active)?.url ?? "");
      return host === "" ? w.browser.title : w.browser.titleOf(host);
    },
    verb: DriveButton,
    waiting: ({ browser }) => browser?.waiting ?? 0,
    content: {
      of: "session",
      load: async () => (await import("../../apps/browser/Browser.svelte")).default,
    },
  },
  sandbox: {
    icon: SquareTerminal,
    tone: "mint",
    title: (_, w) => w.sandbox.title,
    content: {
      of: "session",
      load: async () => (await import("../../apps/sandbox/Sandbox.svelte")).default,
    },
  },
  files: {
    icon: FolderOpen,
    tone: "yellow",
    title: ({ open }, w) => {
      const folder = open?.view.workspace?.split(/[\\/]/).findLast((part) => part !== "");
      return folder ? w.files.title(folder) : w.files.titleNone;
    },
    content: {
      of: "session",
      load: async () => (await import("../../apps/files/Files.svelte")).default,
    },
  },
  connections: {
    icon: Plug,
    tone: "mint",
    title: (_, w) => w.connections.title,
    waiting: ({ mirror }) => mirror.waiting,
    content: {
      of: "page",
      load: async () => (await import("../../apps/connections/Connections.svelte")).default,
    },
  },
  settings: {
    icon: Settings,
    tone: "blue",
    title: ({ place }, w) => w.settings.title(w.settings.names[place.section]),
    content: {
      of: "page",
      load: async () => (await import("../../apps/settings/Settings.svelte")).default,
    },
  },
};
