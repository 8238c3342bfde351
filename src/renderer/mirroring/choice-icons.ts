// How each choice of what is mirrored looks.
import type { MirrorChoice } from "../../contract/mirror.ts";
import { Cloud, CloudOff, MessageSquareText, type Icon } from "../ui/icons.ts";

export const choiceIcons: Readonly<Record<MirrorChoice, Icon>> = {
  all: Cloud,
  text: MessageSquareText,
  none: CloudOff,
};
