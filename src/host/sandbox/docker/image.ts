// Makes an image on its first use. The tag is a hash of everything that goes in, so a changed file makes
// another image, an unchanged one is a look-up, and all that ask meanwhile wait for the same build.
import { createHash } from "node:crypto";
import { stripVTControlCharacters } from "node:util";
import { z } from "zod";
import type { ImageBuild } from "../../../contract/sandbox.ts";
import { AetheriaError } from "../../../contract/errors.ts";
import type { Engine } from "./engine.ts";
import { createSharedWork, type Waiter } from "../shared-work.ts";
import { tarOf, type TarFile } from "./tar.ts";

export type ImageSource = {
  /** `full`. */
  name: string;
  /** The Dockerfile, and what it copies. */
  files: readonly TarFile[];
  base: string;
};

export type BuildWatcher = {
  /** Called for each step, and with null when it is over. */
  onBuild(build: ImageBuild | null): void;
};

export const imageLabel = "aetheria.image";
export const defaultBase = "debian:bookworm-slim";

export function imageTag({ name, files, base }: ImageSource): string {
  const hash = createHash("sha256").update(`${base}\0`);
  for (const { path, bytes } of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    hash.update(`${path}\0${bytes.length}\0`).update(bytes);
  }
  return `aetheria-sandbox-${name}:${hash.digest("hex").slice(0, 16)}`;
}

export type Images = ReturnType<typeof createImages>;

/** Making one needs the network: offline, only those that are there are had. */
export function createImages(watcher: BuildWatcher, isOffline = () => false) {
  const builds = createSharedWork<void>(stopped);
  return {
    /** The tag of an image that is there. Throws `cancelled`, `offline`, or `part_missing` with what went
     * wrong. */
    async ensure(engine: Engine, source: ImageSource, waiter: Waiter): Promise<string> {
      const tag = imageTag(source);
      if (await isThere(engine, tag)) return tag;
      if (isOffline()) throw cannotBuildOffline(source);
      await builds.join(tag, waiter, (shared) =>
        build(engine, source, tag, shared, watcher).finally(() => watcher.onBuild(null)),
      );
      return tag;
    },
    isThere: (engine: Engine, source: ImageSource) => isThere(engine, imageTag(source)),
    /** Ends all builds; those who wait get `cancelled`. */
    stopBuilds: builds.stopAll,
  };
}

async function isThere(engine: Engine, tag: string): Promise<boolean> {
  try {
    await engine.docker.getImage(tag).inspect();
    return true;
  } catch (error) {
    if ((error as { statusCode?: unknown }).statusCode === 404) return false;
    throw error;
  }
}

async function build(
  engine: Engine,
  source: ImageSource,
  tag: string,
  { signal, onProgress }: Waiter,
  watcher: BuildWatcher,
): Promise<void> {
  const progress = createProgress(source, onProgress, watcher);
  try {
    const stream = await engine.docker.buildImage(await tarOf(source.files), {
      t: tag,
      buildargs: { BASE: source.base },
      labels: { [imageLabel]: source.name },
      rm: true,
      forcerm: true,
      abortSignal: signal,
      ...(engine.lacksBridge ? { networkmode: "host" } : {}),
    });
    for await (const line of linesOf(stream)) progress.read(line);
  } catch (error) {
    if (signal.aborted) throw stopped();
    throw buildFailed(source, error instanceof Error ? error.message : String(error), []);
  }
  if (signal.aborted) throw stopped();
  if (progress.error !== null) throw buildFailed(source, progress.error, progress.lastLines);
  if (!(await isThere(engine, tag))) throw buildFailed(source, "the engine stopped", []);
  await removeOlder(engine, source.name, tag);
}

/** Each change of a file leaves an image behind; a few stay for another Aetheria on this machine. */
async function removeOlder(engine: Engine, name: string, tag: string): Promise<void> {
  const filters = { label: [`${imageLabel}=${name}`] };
  const known = await engine.docker.listImages({ filters });
  const older = known
    .filter(({ RepoTags }) => !RepoTags?.includes(tag))
    .sort((a, b) => b.Created - a.Created)
    .slice(keptImages);
  for (const { Id } of older) {
    // One that is in use stays until the next change.
    await engine.docker
      .getImage(Id)
      .remove()
      .catch(() => undefined);
  }
}

const keptImages = 2;

/** The engine's own words about a build, one JSON value a line. */
const buildLine = z.object({
  stream: z.string().optional(),
  status: z.string().optional(),
  id: z.string().optional(),
  progress: z.string().optional(),
  error: z.string().optional(),
});

export function createProgress(
  source: Pick<ImageSource, "name">,
  tell: (line: string) => void,
  watcher: BuildWatcher,
) {
  const lastLines: string[] = [];
  let error: string | null = null;
  return {
    lastLines,
    get error() {
      return error;
    },
    read(json: string) {
      const line = buildLine.parse(JSON.parse(json));
      error ??= line.error ?? null;
      for (const text of (line.stream ?? statusOf(line)).split("\n")) {
        const said = stripVTControlCharacters(text).trim();
        if (said === "") continue;
        const step = stepOf(said);
        if (step) watcher.onBuild({ image: source.name, ...step });
        lastLines.push(said);
        if (lastLines.length > keptLines) lastLines.shift();
        tell(step?.step ?? said);
      }
    },
  };
}

const keptLines = 20;

/** Lines of a pull come many times a second with only the bar moved: those are left out. */
function statusOf({ status, id, progress }: z.infer<typeof buildLine>): string {
  if (status === undefined || progress !== undefined) return "";
  return id === undefined ? status : `${id}: ${status}`;
}

/** `Step 3/7 : RUN apt-get update && …` (Podman: `STEP 3/7: RUN …`). */
function stepOf(line: string): Pick<ImageBuild, "step" | "done" | "total"> | null {
  const [, at, of, command] = /^step (\d+)\/(\d+) ?: (.+)$/i.exec(line) ?? [];
  if (!at || !of || !command) return null;
  const short = command.replace(/^RUN /, "").replace(/\s+/g, " ").slice(0, 100);
  return { step: `Step ${at} of ${of}: ${short}`, done: Number(at) - 1, total: Number(of) };
}

async function* linesOf(stream: NodeJS.ReadableStream): AsyncGenerator<string> {
  let rest = "";
  stream.setEncoding("utf8");
  for await (const piece of stream) {
    const lines = (rest + String(piece)).split(/\r?\n/);
    rest = lines.pop() ?? "";
    yield* lines.filter((line) => line !== "");
  }
  if (rest !== "") yield rest;
}

const stopped = () =>
  new AetheriaError("cancelled", "Making the sandbox's image was stopped.", { retryable: true });

const cannotBuildOffline = ({ name, base }: ImageSource) =>
  new AetheriaError(
    "offline",
    `Aetheria is offline, and the sandbox's image “${name}” has yet to be made from ${base} and Debian's packages.`,
    { hint: "Go online for as long as that takes; afterwards it works offline." },
  );

function buildFailed({ name, base }: ImageSource, reason: string, lines: string[]): AetheriaError {
  const said = lines.filter((line) => /^(E|W|Err):|error/i.test(line)).at(-1);
  return new AetheriaError(
    "part_missing",
    `The sandbox's image “${name}” could not be made: ${(said ?? reason).trim().replace(/\.$/, "")}.`,
    {
      hint: `It is made once, from ${base} and Debian's packages: look whether the internet is reachable, then try again.`,
      retryable: true,
    },
  );
}
