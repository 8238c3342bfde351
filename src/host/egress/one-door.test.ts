import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const source = fileURLToPath(new URL("../..", import.meta.url));
const rooms = ["host", "cli", "core", "rpc"];
/** The door itself, and the gateway, which is connected to and never connects. */
const doors = ["host/egress/", "host/gateway/"];
const ways =
  /^(node:)?(https?|http2|net|tls|dgram|dns|dns\/promises)$|^(undici|ws|node-fetch|axios|got)$/;
const globals = ["fetch", "WebSocket", "EventSource", "XMLHttpRequest"];

/** Files that open a way out of their own, each with the reason why that is no way round. */
const excused: Record<string, string> = {
  "host/doctor/port.ts": "listens for a moment to see whether a port is free",
  "host/mirror/way-back.ts":
    "listens on loopback while a sign-in comes back, and connects to nothing",
  "host/sandbox/seatbelt/free-port.ts": "listens for a moment to see whether a port is free",
  "host/sandbox/docker/attach.ts": "takes over a stream of the container engine",
  "host/sandbox/docker/engine.ts": "asks the container engine where this machine says it is",
};

describe("the one door", () => {
  it("is the only way out of the host", () => {
    const found = sourceFiles()
      .filter((file) => !doors.some((door) => file.startsWith(door)) && !(file in excused))
      .flatMap((file) => waysOut(file, readFileSync(join(source, file), "utf8")));
    expect(found, "take a fetch as a parameter; host/egress makes it").toEqual([]);
  });

  it("would notice another one", () => {
    const caught = (code: string) => waysOut("x.ts", code).length > 0;
    expect(caught(`import { request } from "node:https";`)).toBe(true);
    expect(caught(`const { Agent } = await import("undici");`)).toBe(true);
    expect(caught(`export const get = () => fetch("https://a.example");`)).toBe(true);
    expect(caught(`export const get = globalThis.fetch;`)).toBe(true);
    expect(caught(`new WebSocket("wss://a.example");`)).toBe(true);
    expect(caught(`import type { Server } from "node:http";`)).toBe(false);
    expect(caught(`type Fetch = typeof globalThis.fetch;`)).toBe(false);
    expect(caught(`const get = (fetch: Fetch) => fetch("https://a.example");`)).toBe(false);
    expect(caught(`const get = (door: Door) => door.fetch("models");`)).toBe(false);
  });

  it("excuses only files that are there", () => {
    const files = new Set(sourceFiles());
    expect(Object.keys(excused).filter((file) => !files.has(file))).toEqual([]);
  });
});

function sourceFiles(): string[] {
  return rooms.flatMap((room) =>
    readdirSync(join(source, room), { recursive: true, withFileTypes: true })
      .filter(
        (entry) => entry.isFile() && /\.ts$/.test(entry.name) && !/\.test\.ts$/.test(entry.name),
      )
      .map((entry) => relative(source, join(entry.parentPath, entry.name)).replaceAll(sep, "/")),
  );
}

/** Modules that connect, imported for more than their types, and global functions that do. A name
 * that the file binds itself (a parameter `fetch`) is not the global one. */
function waysOut(file: string, code: string): string[] {
  const tree = ts.createSourceFile(file, code, ts.ScriptTarget.Latest, true);
  const bound = new Set<string>();
  const used: string[] = [];
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node)) return;
    const module = importedModule(node);
    if (module !== null && ways.test(module)) found.push(`${file} imports ${module}`);
    if (isBinding(node) && ts.isIdentifier(node.name)) bound.add(node.name.text);
    if (isGlobalMember(node)) found.push(`${file} uses ${node.getText()}`);
    if (isBareUse(node)) used.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  const free = used.filter((name) => !bound.has(name));
  return [...found, ...free.map((name) => `${file} uses the global ${name}`)];
}

function importedModule(node: ts.Node): string | null {
  if (ts.isImportDeclaration(node) && !node.importClause?.isTypeOnly)
    return ts.isStringLiteral(node.moduleSpecifier) ? node.moduleSpecifier.text : null;
  if (!ts.isCallExpression(node)) return null;
  const imports =
    node.expression.kind === ts.SyntaxKind.ImportKeyword || node.expression.getText() === "require";
  const [first] = node.arguments;
  return imports && first && ts.isStringLiteralLike(first) ? first.text : null;
}

function isBinding(node: ts.Node): node is ts.Node & { name: ts.Node } {
  return (
    (ts.isParameter(node) ||
      ts.isVariableDeclaration(node) ||
      ts.isBindingElement(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isImportSpecifier(node)) &&
    node.name !== undefined
  );
}

function isGlobalMember(node: ts.Node): boolean {
  return (
    ts.isPropertyAccessExpression(node) &&
    /^(globalThis|global)$/.test(node.expression.getText()) &&
    globals.includes(node.name.text)
  );
}

function isBareUse(node: ts.Node): node is ts.Identifier {
  if (!ts.isIdentifier(node) || !globals.includes(node.text)) return false;
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  const declares =
    ts.isPropertySignature(parent) ||
    ts.isMethodSignature(parent) ||
    ts.isMethodDeclaration(parent);
  return !declares;
}
