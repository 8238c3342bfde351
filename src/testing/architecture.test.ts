// Proves that each architecture rule bites: a small tree of sample files breaks every rule once,
// keeps to it elsewhere, and the real rule set must see exactly that.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

const samples = [
  sample("contract-imports-only-itself", "contract/a.ts", "../core/pure.ts"),
  sample("rpc-imports-contract", "rpc/a.ts", "../core/pure.ts"),
  sample("core-imports-contract", "core/a.ts", "../rpc/wire.ts"),
  sample("host-imports-inwards", "host/store/a.ts", "../../renderer/main.ts"),
  sample("host-rooms-do-not-meet", "host/store/b.ts", "../models/model.ts"),
  sample("host-rooms-do-not-meet", "host/store/c.ts", "../host.ts"),
  sample("tool-families-do-not-meet", "host/tools/web/a.ts", "../files/read.ts"),
  sample("main-imports-contract", "main/a.ts", "../core/pure.ts"),
  sample("preload-imports-contract", "preload/a.ts", "../rpc/wire.ts"),
  sample("renderer-imports-inwards", "renderer/a.ts", "../core/pure.ts"),
  sample("apps-do-not-meet", "renderer/apps/chat/a.ts", "../files/files.ts"),
  sample("apps-do-not-meet", "renderer/apps/chat/b.ts", "../../shell/shell.ts"),
  sample("ui-imports-only-itself", "renderer/ui/a.ts", "../client/client.ts"),
  sample("shared-imports-inwards", "renderer/shared/a.ts", "../client/client.ts"),
  sample("companion-imports-inwards", "companion/a.ts", "../renderer/client/client.ts"),
  sample("cloud-imports-the-mirror", "cloud/a.ts", "../core/pure.ts"),
  sample("cli-imports-entries", "cli/a.ts", "../host/host.ts"),
  sample("product-never-imports-tests", "core/b.ts", "../testing/fake.ts"),
  sample("no-node-in-pure-rooms", "core/c.ts", "node:fs"),
  sample("contract-and-rpc-packages", "contract/b.ts", "jsonrepair"),
  sample("core-packages", "core/d.ts", "diff"),
  sample("no-dev-packages-at-run-time", "host/store/d.ts", "only-for-dev"),
  sample("no-unknown-imports", "host/store/e.ts", "./nowhere.ts"),
  sample("no-cycles", "core/round.ts", "./trip.ts"),
  sample("one-door-electron", "host/store/f.ts", "electron"),
  sample("one-door-better-sqlite3", "host/models/a.ts", "better-sqlite3"),
  sample("one-door-playwright", "host/store/g.ts", "playwright-core", "lazily"),
  sample("one-door-playwright", "host/tools/browser/a.ts", "playwright-core", "lazily"),
  sample("one-door-playwright", "host/browser-parts.ts", "playwright-core", "lazily"),
  sample("one-door-dockerode", "host/store/h.ts", "dockerode", "lazily"),
  sample("one-door-lydell-node-pty", "host/store/o.ts", "@lydell/node-pty", "lazily"),
  sample("one-door-socket-io", "host/store/i.ts", "socket.io"),
  sample("one-door-socket-io-client", "renderer/apps/chat/c.ts", "socket.io-client"),
  sample("one-door-supabase-supabase-js", "host/store/j.ts", "@supabase/supabase-js", "lazily"),
  sample("one-door-hash-wasm", "host/store/p.ts", "hash-wasm", "lazily"),
  sample("one-door-web-push", "host/store/q.ts", "web-push", "lazily"),
  sample("one-door-selfsigned", "host/store/r.ts", "selfsigned", "lazily"),
  sample("one-door-multicast-dns", "host/store/s.ts", "multicast-dns", "lazily"),
  sample("one-door-openai", "host/store/k.ts", "openai", "lazily"),
  sample("one-door-openai", "host/store/l.ts", "ollama", "lazily"),
  sample("one-door-undici", "host/models/b.ts", "undici", "lazily"),
  sample("one-door-octokit", "host/store/m.ts", "@octokit/rest", "lazily"),
  sample("one-door-googleapis", "host/store/n.ts", "googleapis", "lazily"),
  sample("heavy-packages-are-lazy", "host/models/c.ts", "openai"),
  sample("heavy-packages-are-lazy", "host/browser/b.ts", "playwright-core"),
];

/** What must stay allowed, or the rules would only be in the way. */
const allowed: Record<string, string> = {
  "contract/shape.ts": 'import "zod"; import "./other.ts";',
  "contract/other.ts": "export const other = 1;",
  "rpc/wire.ts": 'import "../contract/shape.ts";',
  "core/pure.ts": 'import "../contract/shape.ts"; import "jsonrepair";',
  "core/pure.test.ts": 'import "node:fs"; import "../testing/fake.ts"; import "only-for-dev";',
  "core/trip.ts": 'import "./round.ts";',
  "core/session/reducer.ts": 'import "../../contract/shape.ts";',
  "host/host.ts": 'import "./store/store.ts"; import "./models/model.ts";',
  "host/entry/serve.ts": 'import "../host.ts"; import "../store/store.ts";',
  "host/store/store.ts": 'import "node:fs"; import "better-sqlite3"; import "../../core/pure.ts";',
  "host/models/model.ts":
    'import type { O } from "openai"; export const load = () => import("openai");',
  "host/browser/launch.ts":
    'import type { Page } from "playwright-core"; export const load = () => import("playwright-core");',
  "core/sample.fixture.ts": 'import "node:fs"; import "only-for-dev";',
  "host/tools/files/read.ts": 'import "../tool.ts"; import "../documents/pdf.ts";',
  "host/tools/documents/pdf.ts": "export const pdf = 1;",
  "host/tools/tool.ts": 'import "../../core/pure.ts";',
  "host/gateway/serve.ts": 'import "socket.io";',
  "renderer/main.ts": 'import "./shell/shell.ts";',
  "renderer/shell/shell.ts": 'import "../apps/files/files.ts"; import "../ui/button.ts";',
  "renderer/apps/files/files.ts": 'import "../../client/client.ts"; import "../../ui/button.ts";',
  "renderer/client/client.ts": 'import "socket.io-client"; import "../../core/session/reducer.ts";',
  "renderer/ui/Tree.svelte": '<script>import Tree from "./Tree.svelte";</script><Tree />',
  "renderer/ui/button.ts": "export const button = 1;",
  "cli/cli.ts": 'import "node:fs"; export const start = () => import("../host/entry/serve.ts");',
  "testing/fake.ts": 'import "../host/store/store.ts"; import "better-sqlite3";',
};

const packages = [
  ...["zod", "jsonrepair", "diff", "better-sqlite3", "socket.io", "socket.io-client", "openai"],
  ...["ollama", "undici", "electron", "playwright-core", "dockerode", "googleapis"],
  ...["@octokit/rest", "@supabase/supabase-js", "@lydell/node-pty"],
];

const cruiseResult = z.object({
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), rule: z.object({ name: z.string() }) })),
  }),
});
const ruleSet = z.object({
  forbidden: z.array(z.object({ name: z.string(), comment: z.string(), severity: z.string() })),
});
const configFile = resolve(".dependency-cruiser.cjs");
const { forbidden } = ruleSet.parse(createRequire(import.meta.url)(configFile));

describe("the architecture rules", () => {
  let folder: string;
  let seen: string[];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "aetheria-rooms-"));
    writeTree(folder);
    seen = cruise(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(samples)("$rule refuses $file importing $imports", ({ rule, file }) => {
    expect(seen).toContain(`${rule}: src/${file}`);
  });

  it("refuse nothing that keeps to the map", () => {
    const files = new Set(samples.map(({ file }) => `src/${file}`));
    expect(seen.filter((line) => !files.has(line.split(": ")[1] ?? ""))).toEqual([]);
  });

  it("each have a sample here", () => {
    const proven = new Set(samples.map(({ rule }) => rule));
    expect([...proven].sort()).toEqual(forbidden.map(({ name }) => name).sort());
  });

  it.each(forbidden)("$name is an error and says where the code belongs", (rule) => {
    expect(rule.severity).toBe("error");
    expect(rule.comment).toMatch(/\w+\/|package\.json|the file that/);
  });
});

describe("the map in src/README.md", () => {
  it("names every room the rules know", () => {
    const map = readFileSync("src/README.md", "utf8");
    const rooms = ["contract", "rpc", "core", "cloud", "host", "renderer", "cli", "testing"];
    expect(rooms.filter((room) => !map.includes(`\`${room}/\``))).toEqual([]);
  });
});

function sample(
  rule: string,
  file: string,
  imports: string,
  how: "lazily" | "eagerly" = "eagerly",
) {
  const statement =
    how === "lazily" ? `export const load = () => import("${imports}");` : `import "${imports}";`;
  return { rule, file, imports, statement };
}

function writeTree(folder: string): void {
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const dependencies = Object.fromEntries(packages.map((name) => [name, "1.0.0"]));
  const devDependencies = { "only-for-dev": "1.0.0" };
  write("package.json", JSON.stringify({ type: "module", dependencies, devDependencies }));
  write("tsconfig.json", readFileSync("tsconfig.base.json", "utf8"));
  for (const name of [...packages, "only-for-dev"]) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, main: "index.js" }));
    write(`node_modules/${name}/index.js`, "module.exports = {};");
  }
  symlinkSync(resolve("node_modules/svelte"), join(folder, "node_modules/svelte"));
  for (const { file, statement } of samples) write(`src/${file}`, statement);
  for (const [file, text] of Object.entries(allowed)) write(`src/${file}`, text);
}

/** One line per violation: `rule: file`. */
function cruise(folder: string): string[] {
  const program = resolve("node_modules/dependency-cruiser/bin/dependency-cruiser.mjs");
  const args = [program, "--config", configFile, "--output-type", "json", "src"];
  const run = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
  if (run.stderr) throw new Error(run.stderr);
  const { summary } = cruiseResult.parse(JSON.parse(run.stdout));
  return summary.violations.map(({ from, rule }) => `${rule.name}: ${from}`);
}
