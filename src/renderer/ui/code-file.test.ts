import { expect, it } from "vitest";
import { fileNameOf } from "./code-file.ts";

it.each([
  ["// src/load.ts\nlet a;", "ts", "", "load.ts"],
  ["# train.py\nimport x", "python", "", "train.py"],
  ["<!-- index.html -->\n<p>", "html", "", "index.html"],
  ["/* a.css */", "css", "", "a.css"],
  ["# Read the file a.b first\nx", "python", "", "code.py"],
  ["let a;", "TypeScript", "", "code.ts"],
  ["x", "", "", "code.txt"],
  ["x", "../../etc", "", "code.txt"],
  ["x", "ts", "notes.md", "notes.md"],
  ["x", "json", "Arguments", "code.json"],
  ["// ../../.bashrc.sh", "sh", "", ".bashrc.sh"],
  ["// evil\u202egnp.exe", "js", "", "evilgnp.exe"],
])("names %j (%s, titled %j) %s", (code, language, title, name) => {
  expect(fileNameOf(code, language, title)).toBe(name);
});
