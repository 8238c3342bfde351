// What can be done from the search overlay, by name.
import type { AppState } from "../../client/app-state.svelte.ts";
import { settingsSections } from "../../client/place.svelte.ts";
import {
  Aperture,
  CircleStop,
  Contrast,
  Download,
  KeyRound,
  Monitor,
  Moon,
  Plus,
  Settings,
  Sun,
  Wifi,
  WifiOff,
} from "../../ui/icons.ts";
import type { Words } from "../../words/words.ts";
import type { Action } from "./search-entries.ts";

const looks = { light: Sun, dark: Moon, contrast: Contrast, system: Monitor } as const;
const lookNames = ["light", "dark", "contrast", "system"] as const;

export function actionsOf(app: AppState, w: Words): Action[] {
  const { host, place, open, connection } = app;
  const { offline } = host.settings;
  const set = (patch: Parameters<typeof host.set>[0]) => void app.attempt(() => host.set(patch));
  const stop = (): Action[] => {
    if (!open?.view.run) return [];
    const { sessionId } = open;
    const run = () => void app.attempt(() => connection.call("session.stop", { sessionId }));
    return [{ id: "stop", label: w.search.stop, icon: CircleStop, run }];
  };
  return [
    ...stop(),
    {
      id: "new",
      label: w.search.newSession,
      icon: Plus,
      run: () => void app.attempt(() => app.create()),
    },
    { id: "start", label: w.search.start, icon: Aperture, run: () => app.show(null) },
    {
      id: "offline",
      label: offline ? w.search.online : w.search.offline,
      icon: offline ? Wifi : WifiOff,
      run: () => set({ offline: !offline }),
    },
    ...lookNames.map((theme) => ({
      id: `look-${theme}`,
      label: w.search.theme[theme],
      icon: looks[theme],
      run: () => set({ theme }),
    })),
    { id: "key", label: w.search.addKey, icon: KeyRound, run: () => place.ask({ kind: "key" }) },
    {
      id: "pull",
      label: w.search.getLocal,
      icon: Download,
      run: () => place.ask({ kind: "pull" }),
    },
    ...settingsSections.map((section) => ({
      id: `settings-${section}`,
      label: w.search.settings(w.settings.names[section]),
      icon: Settings,
      run: () => place.openSettings(section),
    })),
  ];
}
