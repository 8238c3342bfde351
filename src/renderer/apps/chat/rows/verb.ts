// Something that can be done with a row.
import type { Icon } from "../../../ui/icons.ts";

export interface Verb {
  id: string;
  label: string;
  icon: Icon;
  disabled?: boolean;
  run: () => void;
}
