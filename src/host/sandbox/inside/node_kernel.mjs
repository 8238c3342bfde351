// A Node process that runs cells and keeps their names, as a notebook does: the inspector evaluates
// them as a prompt would (`await` at the top, `const` again). Messages are at descriptor 3.
import { Session } from "node:inspector";
import { createRequire, isBuiltin } from "node:module";
import { Socket } from "node:net";
import path from "node:path";
import { Readable } from "node:stream";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";

const once = process.argv[2] === "once";
const exit = process.exit.bind(process);
process.argv.splice(1);

// They count as open only once they are made.
void process.stdout;
void process.stderr;

const inspector = new Session();
inspector.connect();
const post = (method, params) =>
  new Promise((resolve, reject) => {
    inspector.post(method, params, (error, answer) => (error ? reject(error) : resolve(answer)));
  });

const control = new Socket({ fd: 3, readable: true, writable: true });
let got = Buffer.alloc(0);
control.on("data", (data) => {
  got = Buffer.concat([got, data]);
  while (got.length >= 5 && got.length >= 5 + got.readUInt32BE(0)) {
    const end = 5 + got.readUInt32BE(0);
    const message = JSON.parse(got.toString("utf8", 5, end));
    got = got.subarray(end);
    void run(message);
  }
});
control.on("end", () => exit(0));
control.on("error", () => exit(0));

function answer(code) {
  const told = JSON.stringify({ exit: code, peak: process.resourceUsage().maxRSS * 1024 });
  const head = Buffer.alloc(5);
  head.writeUInt32BE(Buffer.byteLength(told), 0);
  head[4] = "X".charCodeAt(0);
  control.write(Buffer.concat([head, Buffer.from(told)]));
}

const home = path.join(process.cwd(), "cell.cjs");
globalThis.require = createRequire(home);
globalThis.module = { exports: {} };
globalThis.exports = globalThis.module.exports;
globalThis.__filename = home;
globalThis.__dirname = process.cwd();
// `import()` has no file to start from in what the inspector evaluates.
const importFrom = (name) => {
  const text = String(name);
  if (/^\.{0,2}\//.test(text)) return import(new URL(text, pathToFileURL(home)).href);
  try {
    return import(isBuiltin(text) ? text : pathToFileURL(globalThis.require.resolve(text)).href);
  } catch {
    return import(text);
  }
};
Object.defineProperty(globalThis, "__import", { value: importFrom });

/** The run that is under way: settles it early, for what fails or leaves outside of its own call. */
let settle = null;

process.on("uncaughtException", (error) => {
  process.stderr.write(`Uncaught ${shown(error)}\n`);
  if (once) exit(1);
  settle?.(1);
});
process.on("unhandledRejection", (error) => {
  process.stderr.write(`Uncaught (in promise) ${shown(error)}\n`);
  if (once) exit(1);
  settle?.(1);
});
process.on("SIGINT", () => settle?.(130));
if (!once)
  process.exit = (code) => {
    const leaving = Number(code ?? process.exitCode ?? 0);
    settle?.(leaving);
    throw new Left();
  };

class Left extends Error {}

function shown(error) {
  if (!(error instanceof Error)) return inspect(error);
  const text = inspect(error);
  // Frames of this file and of Node below it tell nobody anything.
  return text
    .split("\n")
    .filter(
      (line) =>
        !/^\s+at .*(node_kernel\.mjs|node:inspector|node:internal|node:events|node:net)/.test(line),
    )
    .join("\n");
}

async function run(message) {
  const before = { ...process.env };
  Object.assign(process.env, message.env);
  if (message.stdin !== null || !once) {
    const stdin = Readable.from(message.stdin === null ? [] : [Buffer.from(message.stdin)]);
    Object.defineProperty(process, "stdin", { configurable: true, value: stdin });
  }
  process.exitCode = undefined;
  const there = resources();
  const settled = new Promise((resolve) => (settle = resolve));
  const code = await Promise.race([
    settled,
    evaluate(message.code).then((failed) => (failed ? 1 : quiet(there))),
  ]);
  settle = null;
  for (const name of Object.keys(message.env)) {
    if (name in before) process.env[name] = before[name];
    else delete process.env[name];
  }
  if (once) {
    control.destroy();
    if (code !== 0) process.exitCode = code;
    return;
  }
  const left = process.exitCode;
  process.exitCode = undefined;
  answer(code === 0 && left !== undefined ? Number(left) : code);
}

/** What timers, sockets and the like are open, each kind with how many. */
function resources() {
  const counts = new Map();
  for (const kind of process.getActiveResourcesInfo?.() ?? [])
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

/** Waits as a script would, until what the cell began is done. */
async function quiet(there) {
  // What failed without anybody waiting for it is told before this.
  await new Promise((resolve) => setImmediate(resolve));
  if (once) return 0;
  for (let wait = 1; ; wait = Math.min(20, wait + 1)) {
    let more = false;
    // A server is there to stay; what it serves it serves between the cells.
    for (const [kind, count] of resources())
      more ||= !kind.endsWith("ServerWrap") && count > (there.get(kind) ?? 0);
    if (!more) return 0;
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

async function evaluate(code) {
  const { result, exceptionDetails } = await post("Runtime.evaluate", {
    expression: rewritten(code),
    replMode: true,
    awaitPromise: true,
    userGesture: false,
  });
  if (exceptionDetails !== undefined) {
    const thrown = exceptionDetails.exception;
    const error = thrown === undefined ? exceptionDetails.text : await valueOf(thrown);
    if (error instanceof Left) return new Promise(() => {});
    process.stderr.write(`Uncaught ${shown(error)}\n`);
    return true;
  }
  let value = await valueOf(result);
  if (value instanceof Promise) value = await value.catch(() => undefined);
  if (value !== undefined) {
    globalThis._ = value;
    process.stdout.write(
      `${typeof value === "string" ? inspect(value) : inspect(value, { depth: 4 })}\n`,
    );
  }
  return false;
}

/** The value itself, of what the inspector only tells about. */
async function valueOf(remote) {
  if (remote.objectId === undefined) {
    if (remote.unserializableValue === undefined) return remote.value;
    return remote.unserializableValue.endsWith("n")
      ? BigInt(remote.unserializableValue.slice(0, -1))
      : Number(remote.unserializableValue);
  }
  let found;
  Object.defineProperty(globalThis, "__found", {
    configurable: true,
    value: (value) => void (found = value),
  });
  try {
    await post("Runtime.callFunctionOn", {
      objectId: remote.objectId,
      functionDeclaration: "function () { __found(this) }",
    });
  } finally {
    delete globalThis.__found;
    void post("Runtime.releaseObject", { objectId: remote.objectId });
  }
  return found;
}

/** `import` becomes what a prompt can run: the statement at the start of a line, the call anywhere. */
function rewritten(code) {
  const statements = code
    .replace(
      /^import\s+(?!\()([^"';]*?)\s+from\s*(["'][^"'\n]+["'])[ \t]*;?/gm,
      (_all, what, from) => bindings(what.trim(), from),
    )
    .replace(/^import\s*(["'][^"'\n]+["'])[ \t]*;?/gm, (_all, from) => `await __import(${from});`);
  // Texts and comments are passed over, so that one that speaks of `import(` stays as it is.
  return statements.replace(
    /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|\/\/.*|\/\*[^]*?\*\/|(?<![.\w$])import(?=\s*\()/g,
    (found) => (found === "import" ? "__import" : found),
  );
}

function bindings(what, from) {
  const space = /(?:^|,)\s*\*\s*as\s+([\w$]+)\s*$/.exec(what);
  const named = /\{([^}]*)\}/.exec(what);
  const usual = /^([\w$]+)\s*(?:,|$)/.exec(what);
  const parts = [];
  if (usual) parts.push(`default: ${usual[1]}`);
  if (named) parts.push(named[1].replace(/\s+as\s+/g, ": ").trim());
  const lines = [];
  if (space) lines.push(`const ${space[1]} = await __import(${from});`);
  if (parts.length > 0) lines.push(`const { ${parts.join(", ")} } = await __import(${from});`);
  return lines.join(" ");
}
