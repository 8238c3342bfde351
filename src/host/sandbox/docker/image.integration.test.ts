// Images as a real engine makes them: small ones for how they are made, the three of sandbox-images/ for
// what is in them.
import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import type { ImageBuild } from "../../../contract/sandbox.ts";
import { dockerRig, noProgress, realEngine, runIn } from "./docker.fixture.ts";
import { createImages, defaultBase, imageTag, type ImageSource } from "./image.ts";
import { imageNames, readImageSource, type ImageName } from "./image-source.ts";

const engine = await realEngine();
const base = process.env["AETHERIA_SANDBOX_BASE"] ?? defaultBase;
const bytes = (text: string) => new TextEncoder().encode(text);

/** An image of its own for each test, so that none is there before. */
function smallSource(...commands: string[]): ImageSource {
  const recipe = ["ARG BASE", "FROM ${BASE}", `LABEL once=${randomUUID()}`, ...commands];
  return { name: "small", base, files: [{ path: "Dockerfile", bytes: bytes(recipe.join("\n")) }] };
}

describe.skipIf(engine === null)("an image in a real Docker engine", { timeout: 600_000 }, () => {
  const made: ImageSource[] = [];
  afterEach(async () => {
    for (const source of made.splice(0))
      await engine!.docker
        .getImage(imageTag(source))
        .remove({ force: true })
        .catch(() => undefined);
  });

  function watched() {
    const builds: (ImageBuild | null)[] = [];
    return { builds, images: createImages({ onBuild: (build) => builds.push(build) }) };
  }
  const source = (...commands: string[]) => {
    const small = smallSource(...commands);
    made.push(small);
    return small;
  };

  it("is made once, with progress to watch, and looked up after that", async () => {
    const { images, builds } = watched();
    const small = source("RUN echo hello from the build");
    const lines: string[] = [];
    const waiter = { ...noProgress(), onProgress: (line: string) => void lines.push(line) };
    const tag = await images.ensure(engine!, small, waiter);
    expect(tag).toMatch(/^aetheria-sandbox-small:[0-9a-f]{16}$/);
    expect(lines).toContain("hello from the build");
    expect(builds[2]).toMatchObject({
      image: "small",
      done: 2,
      step: expect.stringMatching(/^Step 3 of \d: LABEL/),
    });
    expect(builds.at(-1)).toBeNull();
    const before = builds.length;
    expect(await images.ensure(engine!, small, noProgress())).toBe(tag);
    expect(builds).toHaveLength(before);
  });

  it("is made again when a file or the base changes", () => {
    const small = smallSource();
    const changed = {
      ...small,
      files: [...small.files, { path: "inside/a.py", bytes: bytes("1") }],
    };
    const tags = [small, changed, { ...small, base: "debian:trixie-slim" }].map(imageTag);
    expect(new Set(tags).size).toBe(3);
    expect(imageTag({ ...changed, files: [...changed.files].reverse() })).toBe(tags[1]);
  });

  it("stops being made when the last who waits leaves", async () => {
    const { images, builds } = watched();
    const controllers = [new AbortController(), new AbortController()];
    const small = source("RUN sleep 300");
    const atSleep = Promise.withResolvers<void>();
    const onProgress = (line: string) => line.includes("sleep 300") && atSleep.resolve();
    const waits = controllers.map(({ signal }) =>
      images.ensure(engine!, small, { signal, onProgress: (line) => void onProgress(line) }),
    );
    await atSleep.promise;
    const over = waits.map((wait) => expect(wait).rejects.toMatchObject({ code: "cancelled" }));
    controllers[0]!.abort();
    await over[0];
    expect(builds.at(-1)).not.toBeNull();
    controllers[1]!.abort();
    await over[1];
    await expect.poll(() => builds.at(-1), { timeout: 20_000 }).toBeNull();
  });

  it("stops being made when the person says so", async () => {
    const { images } = watched();
    const small = source("RUN sleep 300");
    const atSleep = Promise.withResolvers<void>();
    const onProgress = (line: string) => void (line.includes("sleep 300") && atSleep.resolve());
    const wait = images.ensure(engine!, small, { ...noProgress(), onProgress });
    const over = expect(wait).rejects.toMatchObject({ code: "cancelled" });
    await atSleep.promise;
    images.stopBuilds();
    await over;
  });

  it("is not made while offline, and says what to do; one that is there is had", async () => {
    const onBuild = () => undefined;
    const there = source("RUN echo there");
    await createImages({ onBuild }).ensure(engine!, there, noProgress());
    const offline = createImages({ onBuild }, () => true);
    expect(await offline.ensure(engine!, there, noProgress())).toBe(imageTag(there));
    await expect(
      offline.ensure(engine!, source("RUN echo not yet"), noProgress()),
    ).rejects.toMatchObject({
      code: "offline",
      hint: expect.stringContaining("online"),
    });
  });

  it("that cannot be made is one sentence with what went wrong and a way out", async () => {
    const { images } = watched();
    const failing = source("RUN echo 'E: Unable to locate package nonsense' >&2 && exit 100");
    await expect(images.ensure(engine!, failing, noProgress())).rejects.toMatchObject({
      code: "part_missing",
      message:
        "The sandbox's image “small” could not be made: E: Unable to locate package nonsense.",
      hint: expect.stringContaining("try again"),
    });
    const baseless = { ...source(), base: "localhost:1/nothing" };
    await expect(images.ensure(engine!, baseless, noProgress())).rejects.toMatchObject({
      code: "part_missing",
      hint: expect.stringContaining("localhost:1/nothing"),
    });
  });

  it.each(imageNames)("“%s” has the tools that its name promises", async (name) => {
    await createImages({ onBuild: () => undefined }).ensure(
      engine!,
      await readImageSource(name, base),
      noProgress(),
    );
    const env = { ...process.env, AETHERIA_SANDBOX_IMAGE: name };
    const rig = dockerRig(engine!, { env });
    const sandbox = await rig.open(await rig.workspace());
    try {
      const ran = await runIn(sandbox, "shell", tools[name].join(" && "));
      expect(ran.output, ran.output).not.toMatch(/not found|Error/);
      expect(ran.exitCode).toBe(0);
    } finally {
      await sandbox.close();
      await rig.close();
    }
  });
});

const pythonTools = [
  "python3 -c 'import numpy, pandas, matplotlib.pyplot, requests, openpyxl, pypdf; print(numpy.ones((9, 9)) @ numpy.ones(9))'",
  "python3 -m pip --version",
];
const nodeTools = ["node --version", "npm --version"];

const tools: Record<ImageName, string[]> = {
  python: pythonTools,
  node: nodeTools,
  full: [
    ...pythonTools,
    ...nodeTools,
    "git --version",
    "rg --version",
    "make --version",
    "ps --version",
    "printf 'int main(){return 0;}' > a.c && cc a.c -o a && ./a",
  ],
};
