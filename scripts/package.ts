// `npm run package [-- --dir] [--deb] [--win] [--mac] [--linux]`: what people install, in dist/.
// Where Electron's own download or fpm cannot be had, the test runtime and dpkg-deb stand in, and the
// result is for tests only; that is said.
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Arch, build, Platform, type Configuration } from "electron-builder";
import { buildStale } from "./build.ts";
import { downloadElectron, electronCacheDir, hasOwnElectron } from "./electron.ts";

const platforms = { "--win": Platform.WINDOWS, "--mac": Platform.MAC, "--linux": Platform.LINUX };

export async function main(args: string[]): Promise<number> {
  if (!(await buildStale())) return 1;
  const isOwn = hasOwnElectron() || (await downloadElectron(console.log));
  const scratch = await mkdtemp(join(tmpdir(), "aetheria-package-"));
  try {
    const stand = isOwn ? {} : await testRuntime(scratch);
    if (!process.env["CUSTOM_FPM_PATH"] && !isOwn)
      process.env["CUSTOM_FPM_PATH"] = resolve("scripts/fpm-with-dpkg.js");
    const artifacts = await build({
      targets: targetsOf(args),
      publish: "never",
      config: { extends: resolve("electron-builder.yml"), ...stand },
    });
    for (const artifact of artifacts) console.log(`package: ${artifact}`);
    return 0;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** `--dir` leaves the folder that a package would hold; nothing named: all that this system has. */
function targetsOf(args: string[]) {
  const named = Object.entries(platforms).filter(([flag]) => args.includes(flag));
  const chosen = named.length > 0 ? named.map(([, platform]) => platform) : [Platform.current()];
  const kinds = args.includes("--dir") ? ["dir"] : args.includes("--deb") ? ["deb"] : [];
  return new Map(
    chosen.map((platform) => [platform, new Map([[Arch[process.arch as "x64" | "arm64"], kinds]])]),
  );
}

/** The provisioned Electron without what makes it a test runtime, and the SQLite built for it. */
async function testRuntime(scratch: string): Promise<Configuration> {
  const home = electronCacheDir();
  if (!existsSync(join(home, "electron")))
    throw new Error("There is no Electron to package: run `npm run provision` first.");
  console.log("package: Electron's own download is not to be had; this package is for tests only.");
  const electronDist = join(scratch, "electron");
  // A snapshot for a fuse that is off, and what makes it a test runtime.
  const extras = ["resources/app", "sqlite", "browser_v8_context_snapshot.bin"];
  await mkdir(electronDist);
  await cp(home, electronDist, {
    recursive: true,
    filter: (path) => !extras.some((extra) => path.startsWith(join(home, extra))),
  });
  const sqlite = join(home, "sqlite", "node_modules");
  return {
    electronDist,
    electronVersion: "33.2.1",
    files: [
      "!node_modules/better-sqlite3/**",
      ...["better-sqlite3", "bindings", "file-uri-to-path"].map((name) => ({
        from: join(sqlite, name),
        to: `node_modules/${name}`,
        filter: ["package.json", "*.js", "lib/**/*.js", "build/Release/better_sqlite3.node"],
      })),
    ],
  };
}
