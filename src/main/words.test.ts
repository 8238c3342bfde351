import { expect, it } from "vitest";
import { tables } from "./words.ts";

const parts = ["menu", "roles", "tray", "link"] as const;
it.each(parts)("says everything of %s in two languages", (part) => {
  const english = Object.entries<string>(tables.en[part]);
  const german = new Map(Object.entries<string>(tables.de[part]));
  expect([...german.keys()].toSorted()).toEqual(english.map(([key]) => key).toSorted());
  expect(english.filter(([key, sentence]) => german.get(key) === sentence)).toEqual([]);
});

it("names a session without a title in both languages", () => {
  expect(tables.en.notification.body("")).toBe("A session without a title");
  expect(tables.de.notification.body("")).toBe("Eine Sitzung ohne Titel");
  expect(tables.de.notification.body("Zahlen")).toBe("Zahlen");
  for (const kind of ["approval", "finished", "failed"] as const)
    expect(tables.de.notification.title(kind)).not.toBe(tables.en.notification.title(kind));
});
