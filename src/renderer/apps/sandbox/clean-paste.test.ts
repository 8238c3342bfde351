import { expect, it } from "vitest";
import { cleanPaste } from "./clean-paste.ts";

it("leaves text, tabs and lines of a paste, and nothing that steers a terminal", () => {
  expect(cleanPaste("ls -l\n\techo é\r\n")).toBe("ls -l\n\techo é\r\n");
  expect(cleanPaste("a\u001b[201~rm -rf x\u0003\u009b5n")).toBe("a[201~rm -rf x5n");
});
