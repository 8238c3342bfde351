// Colours code. Owns which languages there are and loads each only when it is first seen.
// Refuses to guess a language, and to colour what is too long to colour at once.
import type { HLJSApi, LanguageFn } from "highlight.js";

type Load = () => Promise<{ default: LanguageFn }>;

const languages: Record<string, Load> = {
  bash: () => import("highlight.js/lib/languages/bash"),
  c: () => import("highlight.js/lib/languages/c"),
  cpp: () => import("highlight.js/lib/languages/cpp"),
  css: () => import("highlight.js/lib/languages/css"),
  diff: () => import("highlight.js/lib/languages/diff"),
  go: () => import("highlight.js/lib/languages/go"),
  java: () => import("highlight.js/lib/languages/java"),
  javascript: () => import("highlight.js/lib/languages/javascript"),
  json: () => import("highlight.js/lib/languages/json"),
  markdown: () => import("highlight.js/lib/languages/markdown"),
  python: () => import("highlight.js/lib/languages/python"),
  rust: () => import("highlight.js/lib/languages/rust"),
  sql: () => import("highlight.js/lib/languages/sql"),
  typescript: () => import("highlight.js/lib/languages/typescript"),
  xml: () => import("highlight.js/lib/languages/xml"),
  yaml: () => import("highlight.js/lib/languages/yaml"),
};

const aliases: Record<string, string> = {
  cjs: "javascript",
  "c++": "cpp",
  h: "c",
  html: "xml",
  js: "javascript",
  jsonc: "json",
  jsx: "javascript",
  md: "markdown",
  mjs: "javascript",
  patch: "diff",
  py: "python",
  rs: "rust",
  sh: "bash",
  shell: "bash",
  svelte: "xml",
  svg: "xml",
  ts: "typescript",
  tsx: "typescript",
  vue: "xml",
  yml: "yaml",
  zsh: "bash",
};

const longestCharacters = 60_000;

/** Escaped HTML with `hljs-*` spans, or null when the language is unknown or the code too long. */
export async function highlightCode(code: string, language: string): Promise<string | null> {
  const asked = language.toLowerCase();
  const name = aliases[asked] ?? asked;
  const load = Object.hasOwn(languages, name) ? languages[name] : undefined;
  if (!load || code.length > longestCharacters) return null;
  const [core, grammar] = await Promise.all([import("highlight.js/lib/core"), load()]);
  const highlighter: HLJSApi = core.default;
  if (!highlighter.getLanguage(name)) highlighter.registerLanguage(name, grammar.default);
  return highlighter.highlight(code, { language: name, ignoreIllegals: true }).value;
}
