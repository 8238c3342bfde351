// Lays out what `--help` shows, from what each command declares.
import type { CommandHelp } from "./command.ts";
import type { OptionSpecs } from "./options.ts";
import { columns, wrap } from "./terminal/columns.ts";

const width = 96;
const indented = (lines: readonly string[]) => lines.map((line) => `  ${line}`);

export function commandHelp(help: CommandHelp): string {
  return [
    ...help.usage.map((line, i) => `${i === 0 ? "Usage: " : "       "}${line}`),
    "",
    ...wrap(help.about, width),
    "",
    "Options:",
    ...indented(columns(optionRows(help.options))),
    "",
    help.examples.length === 1 ? "Example:" : "Examples:",
    ...indented(help.examples),
  ].join("\n");
}

const optionRows = (options: OptionSpecs): string[][] =>
  Object.entries(options).map(([name, { short, value, help }]) => [
    `${short ? `-${short}, ` : ""}--${name}${value ? ` ${value}` : ""}`,
    help,
  ]);

export function generalHelp(
  commands: readonly (readonly [name: string, summary: string])[],
): string {
  return [
    "Usage: aetheria COMMAND [OPTIONS]",
    "",
    "An AI operating system for the desktop: ask in plain words, watch it work, nothing lost.",
    "",
    "Commands:",
    ...indented(columns(commands)),
    "",
    ...indented(
      columns([
        ["aetheria COMMAND --help", "how a command is used, with examples"],
        ["aetheria --version", "which Aetheria this is"],
      ]),
    ),
    "",
    "Exit codes: 0 done, 1 failed, 2 bad usage, 3 refused by policy, 4 something needed is missing.",
    "The data folder is --data, else AETHERIA_DATA, else this system's usual place.",
  ].join("\n");
}
