// Reads a command's arguments: every option declared once, for parsing and for the help. What does
// not fit is bad usage, with the nearest thing that does.
import { parseArgs } from "node:util";
import { AetheriaError } from "../contract/errors.ts";
import { SessionId } from "../contract/ids.ts";
import { closest } from "./closest.ts";

export type OptionSpec = {
  type: "string" | "boolean";
  short?: string;
  /** What stands for the value in the help: `N`, `DIR`, `ask|auto|deny`. */
  value?: string;
  help: string;
};
export type OptionSpecs = Record<string, OptionSpec>;

export type OptionValues<Specs extends OptionSpecs> = {
  [Name in keyof Specs]?: { string: string; boolean: boolean }[Specs[Name]["type"]];
};

/** Options that every command has. */
export const sharedOptions = {
  data: { type: "string", value: "DIR", help: "use this data folder" },
  json: { type: "boolean", help: "print one JSON value per line and nothing else" },
  help: { type: "boolean", short: "h", help: "show this" },
} as const satisfies OptionSpecs;

export function parseOptions<const Specs extends OptionSpecs>(
  args: string[],
  specs: Specs,
): { values: OptionValues<Specs>; positionals: string[] } {
  const known: OptionSpecs = specs;
  const { values, positionals, tokens } = parseArgs({
    args,
    options: Object.fromEntries(
      Object.entries(known).map(([name, { type, short }]) => [
        name,
        short === undefined ? { type } : { type, short },
      ]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) if (token.kind === "option") checkOption(token, known);
  // Every option was checked against its declared type just above.
  return { values: values as OptionValues<Specs>, positionals };
}

type OptionToken = { name: string; rawName: string; value?: string; inlineValue?: boolean };

function checkOption(token: OptionToken, specs: OptionSpecs): void {
  const spec = Object.hasOwn(specs, token.name) ? specs[token.name] : undefined;
  if (!spec) throw badUsage(`There is no option ${token.rawName}.`, suggestion(token.name, specs));
  if (spec.type === "boolean" && token.value !== undefined)
    throw badUsage(`${token.rawName} takes no value.`);
  const swallowed =
    token.value !== undefined && !token.inlineValue && /^--?[a-z]/i.test(token.value);
  if (spec.type === "string" && (token.value === undefined || swallowed))
    throw badUsage(`${token.rawName} needs a value: ${token.rawName} ${spec.value ?? "VALUE"}.`);
}

function suggestion(name: string, specs: OptionSpecs): string | undefined {
  const near = closest(name, Object.keys(specs));
  return near === null ? undefined : `Did you mean --${near}?`;
}

/** Bad usage of the command line; `command` is whose help the hint points at. */
export class UsageError extends AetheriaError {
  constructor(message: string, hint?: string) {
    super("bad_input", message, hint === undefined ? {} : { hint });
    this.name = "UsageError";
  }
}

export const badUsage = (message: string, hint?: string) => new UsageError(message, hint);

/** A whole number within limits, from an option's text. */
export function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw badUsage(`--${name} takes a whole number from ${least} to ${most}, not “${text}”.`);
}

/** A session's id as it was typed. */
export function sessionIdFrom(text: string): SessionId {
  const parsed = SessionId.safeParse(text.trim());
  if (parsed.success) return parsed.data;
  throw badUsage(`“${text}” is not a session's id.`, "aetheria search QUERY shows ids.");
}

/** One of the listed words, from an option's text. */
export function oneOf<const Word extends string>(
  name: string,
  text: string,
  words: readonly Word[],
): Word {
  const found = words.find((word) => word === text);
  if (found !== undefined) return found;
  throw badUsage(`--${name} takes ${words.join(", ")}, not “${text}”.`);
}
