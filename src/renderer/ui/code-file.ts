// A piece of code as a file: guesses its name and hands it to the person.
import { withoutBidi } from "./markdown/bidi.ts";

const extensions: Record<string, string> = {
  bash: "sh",
  csharp: "cs",
  dockerfile: "dockerfile",
  javascript: "js",
  kotlin: "kt",
  latex: "tex",
  makefile: "mk",
  markdown: "md",
  mermaid: "mmd",
  plaintext: "txt",
  powershell: "ps1",
  python: "py",
  ruby: "rb",
  rust: "rs",
  shell: "sh",
  text: "txt",
  typescript: "ts",
  yaml: "yml",
  "c++": "cpp",
  "c#": "cs",
};

/** A name alone on the first line, in a comment: "// src/load.ts", "# train.py", "<!-- a.html -->". */
const namedOnTop =
  /^\s*(?:\/\/|#|--|;|%|\/\*|<!--)\s*(?:file(?:name)?:\s*)?([^\s*:]+\.[a-z0-9]{1,10})\s*(?:\*\/|-->)?\s*$/i;
const isName = /^[^\s/\\]+\.[a-z0-9]{1,10}$/i;

export function fileNameOf(code: string, language: string, title = ""): string {
  const [top = ""] = code.split("\n", 1);
  const path = isName.test(title) ? title : namedOnTop.exec(top)?.[1];
  const name = safeName(path?.split(/[/\\]/).at(-1) ?? "");
  if (name !== "") return name;
  const asked = language.toLowerCase();
  const extension = extensions[asked] ?? (/^[a-z0-9]{1,10}$/.test(asked) ? asked : "txt");
  return `code.${extension}`;
}

function safeName(name: string): string {
  const kept = withoutBidi(name).replace(/[<>:"|?*\u0000-\u001f]/g, "");
  return /^\.*$/.test(kept) ? "" : kept.slice(0, 120);
}

export function saveText(text: string, name: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser has begun reading it by the next task.
  setTimeout(() => URL.revokeObjectURL(address), 0);
}
