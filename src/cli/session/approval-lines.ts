// What a person reads before they allow something: exactly what will happen, nothing left out.
import type { Approval } from "../../contract/approval.ts";
import type { Colours } from "../terminal/colours.ts";
import { printable } from "../terminal/printable.ts";

export function approvalLines({ view, why }: Approval, colours: Colours): string[] {
  const { leaving, diff } = view;
  return [
    "",
    colours.bold(colours.yellow(`? ${printable(view.title)}`)),
    ...block(view.sentence, "  "),
    ...view.fields.flatMap((field) => named(field, "  ", colours)),
    ...(diff === undefined ? [] : diffLines(diff, colours)),
    ...(leaving === undefined
      ? []
      : [
          `  ${colours.bold("Leaves this machine for")} ${printable(leaving.to)}:`,
          ...leaving.what.flatMap((part) => named(part, "    ", colours)),
        ]),
    ...block(`Asked because: ${why}`, "  ").map(colours.dim),
  ];
}

const block = (text: string, indent: string) =>
  printable(text)
    .split("\n")
    .map((line) => indent + line);

function named({ name, value }: { name: string; value: string }, indent: string, colours: Colours) {
  const label = colours.dim(`${printable(name)}:`);
  if (!value.includes("\n")) return [`${indent}${label} ${printable(value)}`];
  return [indent + label, ...block(value, `${indent}  `)];
}

function diffLines(diff: string, colours: Colours): string[] {
  return printable(diff)
    .trimEnd()
    .split("\n")
    .map((line) => {
      if (line.startsWith("+")) return `  ${colours.green(line)}`;
      return line.startsWith("-") ? `  ${colours.red(line)}` : `  ${colours.dim(line)}`;
    });
}
