import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import tseslint from "typescript-eslint";

// What the types cannot see. Layout is prettier's, room borders are dependency-cruiser's.

const topLevel = ":matches(Program, ExportNamedDeclaration)";
const statelessModules = [
  {
    selector: `${topLevel} > VariableDeclaration[kind=/^(let|var)$/]`,
    message:
      "No state at module level: give it one owner, make it at the composition root and pass it in.",
  },
];
const noAssertedShapes = [
  {
    selector: "TSAsExpression > TSAsExpression",
    message: "A double cast hides a missing parse: parse the value with its schema.",
  },
];

export default tseslint.config(
  { ignores: ["out/", "android/", "ios/", "coverage/", "node_modules/", "src/**/fixtures/"] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.node } },
    rules: {
      "no-empty": ["error", { allowEmptyCatch: false }],
      "no-console": "off",
      "no-undef": "off",
      "no-control-regex": "off",
      "no-misleading-character-class": ["error", { allowEscape: true }],
      eqeqeq: ["error", "always", { null: "ignore" }],
      "prefer-const": "error",
      "no-throw-literal": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_", caughtErrorsIgnorePattern: "^_" },
      ],
    },
  },
  {
    // The only rules that need types: a forgotten promise loses its error, and work with it.
    files: ["src/{contract,rpc,core,cloud,host,cli}/**/*.ts", "scripts/**/*.ts"],
    // Typed with what drives a browser.
    ignores: ["**/*.d.ts", "scripts/icons.ts"],
    languageOptions: {
      parserOptions: { project: "./tsconfig.json", tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: false }],
    },
  },
  {
    files: ["src/main/**/*.ts"],
    languageOptions: {
      parserOptions: { project: "./tsconfig.desktop.json", tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: false }],
    },
  },
  {
    files: ["src/**/*.ts"],
    ignores: ["**/*.svelte.ts", "**/*.test.ts"],
    rules: { "no-restricted-syntax": ["error", ...statelessModules, ...noAssertedShapes] },
  },
  {
    files: ["src/**/*.test.ts"],
    rules: { "no-restricted-syntax": ["error", ...noAssertedShapes] },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: {
      globals: { ...globals.browser },
      parserOptions: { parser: tseslint.parser, extraFileExtensions: [".svelte"] },
    },
    rules: { "prefer-const": "off", "svelte/prefer-const": "off" },
  },
);
