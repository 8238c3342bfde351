import { expect, it } from "vitest";
import { tableCells } from "./markdown-piece.ts";
import { toCsv } from "./table-csv.ts";

it("gives the cells of a table without their marks, quoted where CSV needs it", () => {
  const source = '| **Name** | Said |\n| - | -: |\n| `a,b` | say "hi" |\n| [c](https://x.y) | |\n';
  expect(toCsv(tableCells(source))).toBe('Name,Said\r\n"a,b","say ""hi"""\r\nc,');
});
