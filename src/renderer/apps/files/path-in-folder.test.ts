import { expect, it } from "vitest";
import { pathInFolder } from "./path-in-folder.ts";

it.each([
  ["/home/ada/site", "src/a.ts", "/home/ada/site/src/a.ts"],
  ["/", "a.ts", "/a.ts"],
  ["/home/ada/site/", "a.ts", "/home/ada/site/a.ts"],
  ["C:\\Users\\Ada", "src/a.ts", "C:\\Users\\Ada\\src\\a.ts"],
  ["C:\\", "a.ts", "C:\\a.ts"],
])("the file of %s at %s is %s", (folder, path, whole) => {
  expect(pathInFolder(folder, path)).toBe(whole);
});
