// The numbers under which elements are shown to the model: given once, never again, for as long as the
// element's document is there. A number may also mean "from here on", where a look left something out.
import type { ElementNumber } from "../../../core/browser-ports.ts";
import { keyOf, type Place } from "./page-model.ts";

export type NumberedKind = "element" | "from";
export type Numbered = { place: Place; kind: NumberedKind };

export type Numbers = {
  /** Gives one where there is none. */
  of(place: Place, kind?: NumberedKind): ElementNumber;
  known(place: Place, kind?: NumberedKind): ElementNumber | undefined;
  what(number: ElementNumber): Numbered | undefined;
  /** The page made an element anew: the number goes on to it. */
  move(from: Place, to: Place): void;
};

export function createNumbers(next: () => ElementNumber): Numbers {
  const numbers = new Map<string, ElementNumber>();
  const meanings = new Map<ElementNumber, Numbered>();
  const keyed = (place: Place, kind: NumberedKind) => `${keyOf(place)}/${kind}`;
  return {
    of(place, kind = "element") {
      const key = keyed(place, kind);
      const known = numbers.get(key);
      if (known !== undefined) return known;
      const number = next();
      numbers.set(key, number);
      meanings.set(number, { place, kind });
      return number;
    },
    known: (place, kind = "element") => numbers.get(keyed(place, kind)),
    what: (number) => meanings.get(number),
    move(from, to) {
      const number = numbers.get(keyed(from, "element"));
      if (number === undefined || numbers.has(keyed(to, "element"))) return;
      numbers.delete(keyed(from, "element"));
      numbers.set(keyed(to, "element"), number);
      meanings.set(number, { place: to, kind: "element" });
    },
  };
}
