#!/usr/bin/env node
// Stands in for fpm where it cannot be downloaded: makes a .deb of the same arguments with dpkg-deb.
// electron-builder calls it through CUSTOM_FPM_PATH; it knows the options that electron-builder gives.
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const flags = new Set(["--force", "--debug"]);
const options = new Map();
const mappings = [];
const args = process.argv.slice(2);
for (let arg = args.shift(); arg !== undefined; arg = args.shift()) {
  if (flags.has(arg)) continue;
  if (arg.startsWith("-")) options.set(arg, [...(options.get(arg) ?? []), args.shift()]);
  else mappings.push(arg);
}
const all = (name) => options.get(name) ?? [];
const one = (name) => all(name).at(-1);

if (one("-t") !== "deb") {
  console.error(`This stand-in for fpm makes deb packages only, not ${one("-t")}.`);
  process.exit(2);
}

const root = mkdtempSync(join(tmpdir(), "aetheria-deb-"));
try {
  for (const mapping of mappings) copyInto(root, mapping);
  writeControl(root);
  pack(root, one("--package"));
} finally {
  rmSync(root, { recursive: true, force: true });
}

/** `from=to`; a `from` that ends with a slash means what is in it. */
function copyInto(root, mapping) {
  const cut = mapping.lastIndexOf("=");
  const to = join(root, mapping.slice(cut + 1));
  mkdirSync(dirname(to), { recursive: true });
  cpSync(mapping.slice(0, cut), to, { recursive: true, verbatimSymlinks: true });
}

function writeControl(root) {
  const sizeKb = spawnSync("du", ["-sk", root], { encoding: "utf8" }).stdout.split("\t")[0];
  const folder = join(root, "DEBIAN");
  mkdirSync(folder);
  const fields = {
    Package: one("--name"),
    Version: one("--version"),
    Architecture: one("--architecture"),
    Maintainer: one("--maintainer"),
    Section: one("--category") ?? "default",
    Priority: one("--deb-priority") ?? "optional",
    Homepage: one("--url"),
    Depends: all("-d").join(", "),
    Recommends: all("--deb-recommends").join(", "),
    "Installed-Size": sizeKb,
    Description: indented(one("--description")),
  };
  const lines = Object.entries(fields).filter(([, value]) => value);
  writeFileSync(
    join(folder, "control"),
    `${lines.map(([name, value]) => `${name}: ${value}`).join("\n")}\n`,
  );
  writeScript(folder, "postinst", one("--after-install"));
  writeScript(folder, "postrm", one("--after-remove"));
}

/** The first line is the synopsis; the others begin with a space. */
function indented(description = "") {
  const [synopsis = "", ...more] = description.trim().split(/\n\s*/);
  return [synopsis, ...more.map((line) => ` ${line || "."}`)].join("\n");
}

function writeScript(folder, name, from) {
  if (!from) return;
  const to = join(folder, name);
  cpSync(from, to);
  chmodSync(to, 0o755);
}

function pack(root, target) {
  chmodSync(root, 0o755);
  const result = spawnSync(
    "dpkg-deb",
    ["--root-owner-group", "-Zgzip", "-z6", "--build", root, target],
    {
      stdio: ["ignore", "inherit", "inherit"],
    },
  );
  if (result.status !== 0 || !statSync(target, { throwIfNoEntry: false })) process.exit(1);
}
