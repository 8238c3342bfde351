// Which icon stands for a family of tools.
import {
  Brain,
  CalendarClock,
  FolderOpen,
  GitBranch,
  Globe,
  HardDrive,
  type Icon,
  Mail,
  Plug,
  SquareTerminal,
  Users,
  Wrench,
} from "./icons.ts";

const icons: Readonly<Record<string, Icon>> = {
  files: FolderOpen,
  web: Globe,
  browser: Globe,
  sandbox: SquareTerminal,
  terminal: SquareTerminal,
  github: GitBranch,
  drive: HardDrive,
  gmail: Mail,
  memory: Brain,
  tasks: CalendarClock,
  team: Users,
  mcp: Plug,
};

export const familyIcon = (family: string): Icon => icons[family] ?? Wrench;
