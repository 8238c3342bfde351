// Which room may import which. Every message says where the code belongs instead.
// The map in words: src/README.md. The proof that each rule bites: src/testing/architecture.test.ts.

const test = "\\.(test|fixture)\\.ts$";

/** A room and the only places in src it may import from. */
function room(name, from, mayImport, belongs) {
  return {
    name,
    severity: "error",
    comment: belongs,
    from: { path: from, pathNot: test },
    to: { path: "^src/", pathNot: mayImport },
  };
}

/** The npm packages a room may import; every other package is refused. */
function packagesOf(name, from, allowed, belongs) {
  return {
    name,
    severity: "error",
    comment: belongs,
    from: { path: from, pathNot: test },
    to: { path: "node_modules/", pathNot: allowed.map((each) => `node_modules/${each}/`) },
  };
}

/** A heavy package has one door: the rooms that may import it. */
function door(packages, rooms, belongs) {
  return {
    name: `one-door-${packages[0]
      .replace(/\(.*?\)\?/g, "")
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-/, "")}`,
    severity: "error",
    comment: belongs,
    from: { path: "^src/", pathNot: [...rooms, test, "^src/testing/"] },
    to: { path: packages.map((each) => `(^|node_modules/)${each}(/|$)`) },
  };
}

const rooms = [
  room(
    "contract-imports-only-itself",
    "^src/contract/",
    "^src/contract/",
    "contract/ holds schemas and types of what crosses a line. Behaviour belongs in core/ (decisions), rpc/ (transport) or host/ (the machine).",
  ),
  room(
    "rpc-imports-contract",
    "^src/rpc/",
    ["^src/contract/", "^src/rpc/"],
    "rpc/ only carries the contract. What a call does belongs in host/<room>; what people see in renderer/.",
  ),
  room(
    "core-imports-contract",
    "^src/core/",
    ["^src/contract/", "^src/core/"],
    "core/ decides, it does not reach out. Describe what you need as a port in core/ports.ts and write the adapter in host/<room>.",
  ),
  room(
    "cloud-imports-the-mirror",
    "^src/cloud/",
    ["^src/contract/", "^src/core/mirror/", "^src/cloud/"],
    "cloud/ is how a device, host or companion, speaks to the server in between: sealing and Supabase. What is sent when belongs in core/mirror/, the machine in host/mirror/, the phone in companion/.",
  ),
  room(
    "host-imports-inwards",
    "^src/host/",
    ["^src/contract/", "^src/rpc/", "^src/core/", "^src/cloud/", "^src/host/"],
    "host/ knows no window and no command line. Screens belong in renderer/, arguments and printing in cli/, shared shapes in contract/.",
  ),
  {
    name: "host-rooms-do-not-meet",
    severity: "error",
    comment:
      "One host room never imports another. Take what you need as a parameter typed by a port in core/ports.ts; src/host/host.ts and src/host/entry/ join the rooms.",
    from: { path: "^src/host/([^/]+)/", pathNot: ["^src/host/entry/", test] },
    to: { path: "^src/host/", pathNot: "^src/host/$1/" },
  },
  {
    name: "tool-families-do-not-meet",
    severity: "error",
    comment:
      "One tool family never imports another. What both need belongs in src/host/tools/ itself, in host/tools/documents/ when it reads a kind of file, or in core/ when it is a decision.",
    from: { path: "^src/host/tools/([^/]+)/", pathNot: test },
    to: {
      path: "^src/host/tools/[^/]+/",
      pathNot: ["^src/host/tools/$1/", "^src/host/tools/documents/"],
    },
  },
  room(
    "main-imports-contract",
    "^src/main/",
    ["^src/contract/", "^src/main/", "^src/host/entry/"],
    "main/ owns windows and the host's life, nothing else. Work on data belongs in host/<room>, shared shapes in contract/.",
  ),
  room(
    "preload-imports-contract",
    "^src/preload/",
    ["^src/contract/", "^src/preload/"],
    "preload/ hands over a port and a few verbs. Calls belong in rpc/ and renderer/client/.",
  ),
  room(
    "renderer-imports-inwards",
    "^src/renderer/",
    ["^src/contract/", "^src/rpc/", "^src/core/session/", "^src/renderer/"],
    "The page shows what the host tells it. Work on the machine belongs in host/<room> behind a call in contract/calls.ts; folding events in core/session/.",
  ),
  {
    name: "apps-do-not-meet",
    severity: "error",
    comment:
      "An app never imports another app or the shell. Shared pieces belong in renderer/ui/ (looks), renderer/client/ (data), renderer/shared/ (what the companion shows too), renderer/runs/ (runs of code), renderer/browsing/ (steps of the browser) or renderer/mirroring/ (what is mirrored).",
    from: { path: "^src/renderer/apps/([^/]+)/", pathNot: test },
    to: { path: "^src/renderer/(apps|shell)/", pathNot: "^src/renderer/apps/$1/" },
  },
  room(
    "ui-imports-only-itself",
    "^src/renderer/ui/",
    "^src/renderer/ui/",
    "renderer/ui/ is looks without knowledge. Pass values and callbacks in as props; what knows sessions belongs in renderer/apps/<app>/ or renderer/shell/.",
  ),
  room(
    "shared-imports-inwards",
    "^src/renderer/shared/",
    [
      "^src/contract/",
      "^src/rpc/",
      "^src/core/session/",
      "^src/renderer/ui/",
      "^src/renderer/shared/",
    ],
    "renderer/shared/ is what the page and the companion show and know alike: of sessions, not of the wire or of the words, which are handed in. What only the page has belongs in renderer/client/ or an app.",
  ),
  room(
    "companion-imports-inwards",
    "^src/companion/",
    [
      "^src/contract/",
      "^src/rpc/",
      "^src/core/(session|mirror)/",
      "^src/cloud/",
      "^src/renderer/(ui|shared)/",
      "^src/companion/",
    ],
    "The companion shares looks (renderer/ui/), sessions on a screen (renderer/shared/), the reducer (core/session/) and the mirror (core/mirror/, cloud/). What it needs from the page belongs in one of those.",
  ),
  room(
    "cli-imports-entries",
    "^src/cli/",
    ["^src/contract/", "^src/rpc/", "^src/host/entry/", "^src/cli/"],
    "The command line starts a host through host/entry/ or talks to a running one through rpc/. Work belongs in host/<room>.",
  ),
  {
    name: "product-never-imports-tests",
    severity: "error",
    comment:
      "Product code must not import tests, fakes or scripts: those stay in src/testing/, e2e/, bench/ and scripts/. What both need belongs in the room of src/ that owns it.",
    from: { path: "^src/", pathNot: [test, "^src/testing/"] },
    to: { path: ["^src/testing/", test, "^(scripts|e2e|bench)/"] },
  },
];

const purity = [
  {
    name: "no-node-in-pure-rooms",
    severity: "error",
    comment:
      "contract, rpc, core, cloud, renderer and companion run in a browser too. What needs Node belongs in host/<room> behind a port in core/ports.ts or a call in contract/calls.ts.",
    from: { path: "^src/(contract|rpc|core|cloud|renderer|companion)/", pathNot: test },
    to: { dependencyTypes: ["core"] },
  },
  packagesOf(
    "contract-and-rpc-packages",
    "^src/(contract|rpc)/",
    ["zod"],
    "contract/ and rpc/ need zod/mini and nothing else. An adapter for a package belongs in host/<room> or renderer/client/.",
  ),
  packagesOf(
    "core-packages",
    "^src/core/",
    ["zod", "jsonrepair"],
    "core/ uses only small pure packages. Describe the need as a port in core/ports.ts; the adapter with the package belongs in host/<room>.",
  ),
  {
    name: "no-dev-packages-at-run-time",
    severity: "error",
    comment:
      "Code that runs in Node may only use `dependencies`. Move the package there in package.json, or the code to scripts/ or src/testing/.",
    from: { path: "^src/(contract|rpc|core|cloud|host|cli)/", pathNot: test },
    to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"] },
  },
  {
    name: "no-unknown-imports",
    severity: "error",
    comment:
      "This import leads nowhere: fix the path (with its .ts ending), or add the package to package.json.",
    from: { path: "^(src|e2e|bench|scripts)/" },
    to: { couldNotResolve: true },
  },
  {
    name: "no-cycles",
    severity: "error",
    comment:
      "Two files that need each other are one file, or share a third: move the common part into the file that both import.",
    // A component that draws a tree may name itself.
    from: { path: "^(src/.+)$" },
    to: { circular: true, pathNot: "^$1$" },
  },
];

const doors = [
  door(["electron"], ["^src/main/", "^src/preload/"], "Electron belongs in main/ and preload/."),
  door(["better-sqlite3"], ["^src/host/store/"], "SQLite belongs in host/store/: ask its Store."),
  door(
    ["playwright(-core)?"],
    ["^src/host/browser/"],
    "Driving a browser belongs in host/browser/.",
  ),
  door(["dockerode"], ["^src/host/sandbox/"], "Containers belong in host/sandbox/."),
  door(
    ["@lydell/node-pty"],
    ["^src/host/terminals/"],
    "Terminals on the machine belong in host/terminals/.",
  ),
  door(["socket\\.io"], ["^src/host/gateway/"], "Serving Socket.IO belongs in host/gateway/."),
  door(
    ["socket\\.io-client"],
    ["^src/renderer/client/", "^src/companion/", "^src/cli/"],
    "Socket.IO clients belong in renderer/client/, companion/ and cli/.",
  ),
  door(
    ["@supabase/supabase-js"],
    ["^src/cloud/"],
    "Supabase belongs in cloud/: ask the MirrorServer of core/mirror/ports.ts.",
  ),
  door(["hash-wasm"], ["^src/cloud/"], "What a passphrase becomes belongs in cloud/."),
  door(["web-push"], ["^src/host/mirror/"], "Push messages are sealed and sent by host/mirror/."),
  door(["selfsigned"], ["^src/host/lan/"], "The host's own certificate belongs in host/lan/."),
  door(["multicast-dns"], ["^src/host/lan/"], "Being found on the network belongs in host/lan/."),
  door(["openai", "ollama"], ["^src/host/models/"], "Model providers belong in host/models/."),
  door(
    ["undici"],
    ["^src/host/egress/"],
    "Outgoing connections are decided in host/egress/: take its fetch as a parameter.",
  ),
  door(["@octokit"], ["^src/host/tools/github/"], "GitHub belongs in host/tools/github/."),
  door(
    ["googleapis", "@googleapis"],
    ["^src/host/tools/(drive|gmail)/", "^src/host/accounts/"],
    "Google belongs in host/tools/drive/, host/tools/gmail/ and host/accounts/.",
  ),
  {
    name: "heavy-packages-are-lazy",
    severity: "error",
    comment:
      "Start-up pays for none of the heavy packages: load it with `await import(...)` inside the function of its room (such as host/models/) that needs it.",
    from: { path: "^src/(host|cli|cloud)/", pathNot: test },
    to: {
      path: "node_modules/(hash-wasm|web-push|selfsigned|multicast-dns|openai|ollama|undici|unpdf|mammoth|linkedom|@mozilla/readability|turndown|read-excel-file|playwright-core|dockerode|@lydell/node-pty|googleapis|@googleapis|@octokit|@supabase|socket\\.io-client)/",
      dynamic: false,
      dependencyTypesNot: ["type-only"],
    },
  },
];

module.exports = {
  forbidden: [...rooms, ...purity, ...doors],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: ["/fixtures/", "^out/"] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "svelte", "types"],
      mainFields: ["module", "main", "types"],
      extensions: [".ts", ".js", ".mjs", ".cjs", ".json", ".svelte", ".d.ts"],
    },
    skipAnalysisNotInRules: true,
  },
};
