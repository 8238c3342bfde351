// Runs in the provisioned Electron: starts the app folder named in the arguments, as Electron's own
// default app does, and gives it the SQLite that was built for this Electron's Node.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { app } from "electron";

const args = process.argv.slice(1);
const required = args.flatMap((arg, index) => (arg === "-r" ? [args[index + 1]] : []));
const folder = resolve(args.find((arg) => !arg.startsWith("-") && !required.includes(arg)) ?? ".");
const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));

process.defaultApp = true;
// Here and not by whoever starts us: Playwright removes it from the environment.
process.env.NODE_OPTIONS = `--require=${join(import.meta.dirname, "sqlite-hook.cjs")}`;
app.setVersion(about.version);
app.name = about.productName ?? about.name;
app.setAppPath(folder);
const require = createRequire(join(folder, "package.json"));
for (const path of required) require(resolve(path));
await import(pathToFileURL(join(folder, about.main)).href);
