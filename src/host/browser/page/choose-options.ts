// Chooses options of a select by what is shown or by value; says how where a page made its own list.
import { AetheriaError } from "../../../contract/errors.ts";
import type { PageAction } from "../../../core/browser-ports.ts";
import { boxOf, type ActNeeds, type Did } from "./acts.ts";
import type { Touch } from "./in-page/touch.ts";
import { cut } from "./line-text.ts";
import { titleOf } from "./touchable.ts";

export async function chooseOptions(
  { programs, touchables }: ActNeeds,
  { element, options }: Extract<PageAction, { kind: "select" }>,
  signal: AbortSignal,
): Promise<Did> {
  const ready = await touchables.ready(element, "choose", signal);
  const title = titleOf(ready.touch, element);
  if (!ready.touch.options)
    throw new AetheriaError("refused", `${title} is not a list that can be set at once.`, {
      hint: "Click on it: its options appear as elements of their own, then click on one of them.",
    });
  if (options.length > 1 && !ready.touch.multiple)
    throw new AetheriaError("refused", `${title} takes one option only.`, { hint: "Name one." });
  const values = options.map((option) => indexOf(option, ready.touch.options!, title));
  const chosen = values.map((index) => ({ index }));
  await programs.locator(ready.place).selectOption(chosen, { timeout: 3_000, force: true, signal });
  return { box: boxOf(ready) };
}

function indexOf(option: string, offered: NonNullable<Touch["options"]>, title: string): number {
  const same = (text: string) => text.trim().toLowerCase() === option.trim().toLowerCase();
  const tests: ((one: (typeof offered)[number]) => boolean)[] = [
    ({ label }) => label === option,
    ({ value }) => value === option,
    ({ label, value }) => same(label) || same(value),
  ];
  const at = tests.map((test) => offered.findIndex(test)).find((found) => found >= 0) ?? -1;
  if (at >= 0 && offered[at]!.disabled)
    throw new AetheriaError("refused", `"${option}" of ${title} is disabled.`, {
      hint: "Choose another option.",
    });
  if (at >= 0) return at;
  const names = offered.map(({ label }) => `"${cut(label, 40)}"`);
  const listed =
    names.slice(0, 30).join(", ") + (names.length > 30 ? `, … ${names.length} in all` : "");
  throw new AetheriaError("bad_input", `${title} has no option "${cut(option, 60)}".`, {
    hint: names.length > 0 ? `It has ${listed}.` : "It has no options yet.",
  });
}
