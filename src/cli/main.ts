#!/usr/bin/env node
// The first stage of the `aetheria` command: checks Node, then loads the rest.
// Imports nothing but the guard and node:module, so that any Node can read it.
import * as nodeModule from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isNodeNewEnough, runOnProjectNode } from "./node-guard.ts";

const program = fileURLToPath(import.meta.url);
const args = process.argv.slice(2);

if (isNodeNewEnough(process.versions.node)) {
  if (program.endsWith(".js")) {
    // Beside the built program and not in a shared temp folder, where others could plant code.
    nodeModule.enableCompileCache(join(dirname(program), "compile-cache"));
  }
  const { runCli } = await import("./cli.ts");
  process.exitCode = await runCli(args);
} else {
  process.exitCode = await runOnProjectNode(program, args);
}
