// How a language of the sandbox is called by what colours code.
import type { SandboxLanguage } from "../../contract/sandbox.ts";

export const codeLanguage: Readonly<Record<SandboxLanguage, string>> = {
  python: "python",
  node: "javascript",
  shell: "bash",
};
