// How each phase of the mirror looks. Pure.
import type { MirrorPhase } from "../../../../contract/mirror.ts";
import { CloudCheck, CloudOff, CloudUpload, Hand, Hourglass } from "../../../ui/icons.ts";
import type { Icon } from "../../../ui/icons.ts";
import type { Tone } from "../../../ui/tones.ts";

export const phaseLooks: Readonly<Record<MirrorPhase, { tone: Tone; icon: Icon }>> = {
  off: { tone: "card", icon: CloudOff },
  connecting: { tone: "blue", icon: CloudUpload },
  up_to_date: { tone: "mint", icon: CloudCheck },
  behind: { tone: "blue", icon: CloudUpload },
  waiting: { tone: "yellow", icon: Hourglass },
  blocked: { tone: "pink", icon: Hand },
};
