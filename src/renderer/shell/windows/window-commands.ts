// What the windows can be told by name and by key; what they show has commands of its own.
import type { AppState } from "../../client/app-state.svelte.ts";
import type { Command } from "../../client/commands.svelte.ts";
import {
  AppWindow,
  ArrowDown,
  ArrowUp,
  LayoutGrid,
  Minus,
  Move,
  PanelLeft,
  PanelRight,
  Scaling,
  X,
} from "../../ui/icons.ts";
import type { Words } from "../../words/words.ts";

export function windowCommands({ place }: AppState, w: Words): readonly Command[] {
  const { desk } = place;
  const t = w.windows;
  const area = "windows";
  const isEnabled = () => desk.focused !== null;
  const hasWindows = () => desk.windows.length > 0;
  const onWindow = { area, isEnabled } as const;
  return [
    {
      id: "windows.next",
      area,
      title: t.next,
      icon: AppWindow,
      key: "F6",
      isEnabled: hasWindows,
      run: () => desk.cycle(1),
    },
    {
      id: "windows.previous",
      area,
      title: t.previous,
      icon: AppWindow,
      key: "Shift+F6",
      isEnabled: hasWindows,
      run: () => desk.cycle(-1),
    },
    {
      id: "windows.left",
      title: t.left,
      icon: PanelLeft,
      key: "Ctrl+Alt+ArrowLeft",
      run: () => desk.step("left"),
      ...onWindow,
    },
    {
      id: "windows.right",
      title: t.right,
      icon: PanelRight,
      key: "Ctrl+Alt+ArrowRight",
      run: () => desk.step("right"),
      ...onWindow,
    },
    {
      id: "windows.up",
      title: t.up,
      icon: ArrowUp,
      key: "Ctrl+Alt+ArrowUp",
      run: () => desk.step("up"),
      ...onWindow,
    },
    {
      id: "windows.down",
      title: t.down,
      icon: ArrowDown,
      key: "Ctrl+Alt+ArrowDown",
      run: () => desk.step("down"),
      ...onWindow,
    },
    {
      id: "windows.move",
      title: t.move,
      icon: Move,
      key: "Ctrl+F7",
      run: () => desk.adjust("move"),
      ...onWindow,
    },
    {
      id: "windows.size",
      title: t.size,
      icon: Scaling,
      key: "Ctrl+F8",
      run: () => desk.adjust("size"),
      ...onWindow,
    },
    {
      id: "windows.tile",
      title: t.tile,
      icon: LayoutGrid,
      key: "Ctrl+F9",
      run: () => desk.tile(),
      ...onWindow,
    },
    {
      id: "windows.maximise",
      title: t.maximise,
      icon: AppWindow,
      key: "Ctrl+F10",
      run: () => desk.maximise(),
      ...onWindow,
    },
    {
      id: "windows.minimise",
      title: t.minimise,
      icon: Minus,
      run: () => desk.minimise(),
      ...onWindow,
    },
    {
      id: "windows.close",
      title: t.close,
      icon: X,
      key: "Ctrl+W",
      run: () => desk.close(),
      ...onWindow,
    },
    {
      id: "sessions.panel",
      area: "session",
      title: t.sessionsPanel,
      icon: PanelLeft,
      key: "Ctrl+B",
      run: () => place.showList(!place.isListShown),
    },
  ];
}
