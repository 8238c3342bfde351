// The table of what can be done by name. Windows add their own verbs beside it; screens register for
// the entries without `run`.
import type { SessionId } from "../../contract/ids.ts";
import type { SessionSummary } from "../../contract/session.ts";
import type { SettingsPatch } from "../../contract/settings.ts";
import {
  Activity,
  Aperture,
  ArrowDown,
  ArrowUp,
  Bell,
  CircleStop,
  Contrast,
  Cpu,
  Download,
  FolderOpen,
  Globe,
  Hand,
  KeyRound,
  Keyboard,
  MessageSquareText,
  Monitor,
  Moon,
  Pencil,
  Plug,
  Plus,
  Route,
  Search,
  Settings,
  SquareTerminal,
  Sun,
  TextSearch,
  Wifi,
  WifiOff,
} from "../ui/icons.ts";
import type { Words } from "../words/words.ts";
import type { AppName } from "./app-names.ts";
import type { AppState } from "./app-state.svelte.ts";
import { browserCommands } from "./browser-commands.ts";
import type { Command } from "./commands.svelte.ts";
import { settingsSections } from "./place.svelte.ts";

/** `apps` are those that are built, in the order of the dock. */
export function commandTable(app: AppState, w: Words, apps: readonly AppName[]): Command[] {
  return [
    ...sessionCommands(app, w),
    ...generalCommands(app, w),
    ...appCommands(app, w, apps),
    ...browserCommands(app, w),
    ...lookCommands(app, w),
    ...settingsCommands(app, w),
  ];
}

const setting = (app: AppState, patch: SettingsPatch) =>
  void app.attempt(() => app.host.set(patch));

function generalCommands(app: AppState, { commands: { titles } }: Words): Command[] {
  const { host, place } = app;
  const { offline } = host.settings;
  const area = "general";
  return [
    {
      id: "palette.open",
      area,
      title: titles["palette.open"],
      icon: Search,
      key: "Ctrl+K",
      overDialogs: true,
      run: () => place.search(!place.isSearching),
    },
    {
      id: "help.open",
      area,
      title: titles["help.open"],
      icon: Keyboard,
      key: "?",
      run: () => place.ask({ kind: "help" }),
    },
    {
      id: "notifications.open",
      area,
      title: titles["notifications.open"],
      icon: Bell,
      key: "Ctrl+Shift+M",
      run: () => place.ask({ kind: "notifications" }),
    },
    {
      id: "network.toggle",
      area,
      title: offline ? titles["network.online"] : titles["network.offline"],
      icon: offline ? Wifi : WifiOff,
      key: "Ctrl+Shift+L",
      run: () => setting(app, { offline: !offline }),
    },
    {
      id: "key.add",
      area,
      title: titles["key.add"],
      icon: KeyRound,
      run: () => place.ask({ kind: "key" }),
    },
    {
      id: "model.choose",
      area,
      title: titles["model.choose"],
      icon: Cpu,
      run: () => place.ask({ kind: "models" }),
    },
    {
      id: "model.get",
      area,
      title: titles["model.get"],
      icon: Download,
      run: () => place.ask({ kind: "pull" }),
    },
    {
      id: "guide.open",
      area,
      title: titles["guide.open"],
      icon: Route,
      run: () => place.guide(true),
    },
  ];
}

function sessionCommands(app: AppState, { commands: { titles } }: Words): Command[] {
  const { place, open } = app;
  const area = "session";
  const sessionId = open?.sessionId ?? null;
  const waiting = app.sessions.current.find((one) => one.pendingApprovals > 0);
  const stop = (id: SessionId) =>
    void app.attempt(() => app.connection.call("session.stop", { sessionId: id }));
  const step = (by: number) => {
    const next = neighbour(app.sessions.current, sessionId, by);
    if (next) app.show(next);
  };
  return [
    {
      id: "session.new",
      area,
      title: titles["session.new"],
      icon: Plus,
      key: "Ctrl+Shift+O",
      run: () => void app.attempt(() => app.create()),
    },
    {
      id: "session.next",
      area,
      title: titles["session.next"],
      icon: ArrowDown,
      key: "Alt+ArrowDown",
      isEnabled: () => app.sessions.current.length > 0,
      run: () => step(1),
    },
    {
      id: "session.previous",
      area,
      title: titles["session.previous"],
      icon: ArrowUp,
      key: "Alt+ArrowUp",
      isEnabled: () => app.sessions.current.length > 0,
      run: () => step(-1),
    },
    {
      id: "session.waiting",
      area,
      title: titles["session.waiting"],
      icon: Hand,
      isEnabled: () => waiting !== undefined,
      run: () => waiting && app.show(waiting.sessionId),
    },
    {
      id: "session.start",
      area,
      title: titles["session.start"],
      icon: Aperture,
      run: () => app.show(null),
    },
    {
      id: "folder.choose",
      area,
      title: titles["folder.choose"],
      icon: FolderOpen,
      run: () => place.ask({ kind: "folder", sessionId }),
    },
    {
      id: "session.rename",
      area,
      title: titles["session.rename"],
      icon: Pencil,
      key: "F2",
      isEnabled: () => sessionId !== null,
      run: () => sessionId && place.ask({ kind: "session", sessionId, renames: true }),
    },
    { id: "chat.find", area, title: titles["chat.find"], icon: TextSearch, key: "Ctrl+F" },
    {
      id: "run.stop",
      area,
      title: titles["run.stop"],
      icon: CircleStop,
      key: "Ctrl+.",
      isEnabled: () => (open?.view.run ?? null) !== null,
      run: () => open && stop(open.sessionId),
    },
  ];
}

/** The session before or after the open one; without one the first. */
export function neighbour(
  sessions: readonly Pick<SessionSummary, "sessionId">[],
  open: SessionId | null,
  by: number,
): SessionId | undefined {
  const at = sessions.findIndex(({ sessionId }) => sessionId === open);
  if (at === -1) return sessions[0]?.sessionId;
  return sessions[(at + by + sessions.length) % sessions.length]?.sessionId;
}

const appIcons = {
  chat: MessageSquareText,
  activity: Activity,
  browser: Globe,
  sandbox: SquareTerminal,
  files: FolderOpen,
  connections: Plug,
  settings: Settings,
} as const;

const appCommands = ({ place }: AppState, w: Words, apps: readonly AppName[]): Command[] =>
  apps.map((name, index) => ({
    id: `app.${name}`,
    area: "apps",
    title: w.windows.names[name],
    icon: appIcons[name],
    key: name === "settings" ? "Ctrl+," : `Ctrl+${index + 1}`,
    run: () => place.goTo(name),
  }));

const lookIcons = { light: Sun, dark: Moon, contrast: Contrast, system: Monitor } as const;
const looks = ["light", "dark", "contrast", "system"] as const;

const lookCommands = (app: AppState, { search }: Words): Command[] =>
  looks.map((theme) => ({
    id: `look.${theme}`,
    area: "look",
    title: search.theme[theme],
    icon: lookIcons[theme],
    run: () => setting(app, { theme }),
  }));

const settingsCommands = ({ place }: AppState, { search, settings }: Words): Command[] =>
  settingsSections.map((section) => ({
    id: `settings.${section}`,
    area: "settings",
    title: search.settings(settings.names[section]),
    icon: Settings,
    run: () => place.openSettings(section),
  }));
