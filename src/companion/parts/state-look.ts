// How each state of the line looks; its word is beside it.
import {
  Cloud,
  Hourglass,
  MonitorCheck,
  Moon,
  TriangleAlert,
  WifiOff,
  type Icon,
} from "../../renderer/ui/icons.ts";
import type { Tone } from "../../renderer/ui/tones.ts";
import type { SourceState } from "../source/source.ts";

export const stateLook: Readonly<Record<SourceState["kind"], { icon: Icon; tone: Tone }>> = {
  connecting: { icon: Hourglass, tone: "card" },
  live: { icon: MonitorCheck, tone: "mint" },
  mirror: { icon: Cloud, tone: "lilac" },
  asleep: { icon: Moon, tone: "card" },
  offline: { icon: WifiOff, tone: "card" },
  refused: { icon: TriangleAlert, tone: "red" },
};
