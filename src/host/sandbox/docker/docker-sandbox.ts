// A started container with its supervisor, not yet anybody's: what the pool keeps and a session claims.
// The container lives as long as its attached streams; taking it away needs nothing else.
import { pipeline } from "node:stream";
import { AetheriaError } from "../../../contract/errors.ts";
import { openWarmLine, type WarmLine } from "../line/line-sandbox.ts";
import { attachTo } from "./attach.ts";
import { stdoutOf } from "./attach-stream.ts";
import { containerOptions, type ContainerRequest } from "./container.ts";
import type { Engine } from "./engine.ts";
import { removeContainer } from "./reap.ts";

export type StartedContainer = { id: string; request: ContainerRequest; line: WarmLine };

export type StartParts = {
  clock: { now(): number };
  signal: AbortSignal;
  /** Told of each container that is there, and when it is to be there no longer. */
  created(id: string): void;
  gone(id: string): void;
};

/** Until its supervisor has answered. */
const startMs = 30_000;
const keptErrorBytes = 4_000;

/** Throws `workspace_missing`, or `part_missing` with what the engine said; nothing is left then. */
export async function startContainer(
  engine: Engine,
  request: ContainerRequest,
  { clock, signal, created, gone }: StartParts,
): Promise<StartedContainer> {
  const id = await create(engine, request);
  created(id);
  let said = "";
  try {
    const stream = await attachTo(engine, id);
    const output = stdoutOf((bytes) => {
      if (said.length < keptErrorBytes) said += bytes.toString();
    });
    // The line hears of the end through `output`; why it ended is of no use to it.
    pipeline(stream, output, () => undefined);
    const tier = engine.kind;
    const tearDown = () => {
      gone(id);
      return removeContainer(engine.docker, id);
    };
    const line = openWarmLine({ tier, input: stream, output, clock, tearDown });
    await engine.docker.getContainer(id).start();
    await inTime(line.hello, signal);
    return { id, request, line };
  } catch (error) {
    gone(id);
    await removeContainer(engine.docker, id).catch(() => undefined);
    if (signal.aborted)
      throw new AetheriaError("cancelled", "The start of the sandbox was stopped.");
    throw problemOf(error, request.workspace, said);
  }
}

async function create(engine: Engine, request: ContainerRequest): Promise<string> {
  try {
    return (await engine.docker.createContainer(containerOptions(request))).id;
  } catch (error) {
    throw problemOf(error, request.workspace, "");
  }
}

function inTime(hello: Promise<unknown>, signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error("it did not answer")), startMs);
    const onAbort = () => reject(new Error("aborted"));
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    hello.then(resolve, reject).finally(() => {
      clearTimeout(late);
      signal.removeEventListener("abort", onAbort);
    });
  });
}

function problemOf(error: unknown, workspace: string, said: string): AetheriaError {
  const message = error instanceof Error ? error.message : String(error);
  if (/bind source path does not exist/i.test(message)) {
    return new AetheriaError(
      "workspace_missing",
      `The folder ${workspace} is not there any more.`,
      {
        hint: "Choose the session's folder again.",
      },
    );
  }
  if (/mounts denied|not shared from the host/i.test(message)) {
    return new AetheriaError("workspace_missing", `Docker may not share the folder ${workspace}.`, {
      hint: "Allow it in Docker Desktop under Settings, Resources, File sharing.",
    });
  }
  if (error instanceof AetheriaError && error.code !== "disconnected") return error;
  const why = (said.trim().split("\n").at(-1) || message).trim().replace(/\.$/, "");
  return new AetheriaError("part_missing", `The sandbox's container did not start: ${why}.`, {
    hint: "Look whether Docker works (docker run --rm hello-world), then try again.",
    retryable: true,
    cause: error,
  });
}
