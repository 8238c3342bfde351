// One run of a program: streams what it prints, keeps all of it, and tells how it ended, what it
// changed, what it showed and what was refused to it.
import { AetheriaError } from "../../../contract/errors.ts";
import type { AttachmentRef } from "../../../contract/session.ts";
import type { Label } from "../../../contract/tool.ts";
import type { ToolContext, ToolResult } from "../../../core/ports.ts";
import type { RunEnd, RunRequest, Sandbox } from "../../../core/sandbox-ports.ts";
import { createKeptOutput, type KeptOutput } from "./kept-output.ts";
import { createLiveOutput } from "./live-output.ts";
import { modelText } from "./model-text.ts";
import { openSandbox } from "./open-sandbox.ts";
import type { PastRuns } from "./past-runs.ts";
import { createPlainText } from "./plain-text.ts";
import { readHosts } from "../../../core/permission/named-hosts.ts";
import type { RunPlans } from "./run-plan.ts";
import type { SandboxToolsSetup } from "./setup.ts";
import { displayed, maxShown, withoutDoubles, written, type Artifact } from "./shown-files.ts";
import { createWholeOutput, type WholeOutput } from "./whole-output.ts";
import { blockedLine, changesLine, endingOf, languageNames, statusLine, titleOf } from "./words.ts";

export type RunParts = SandboxToolsSetup & { plans: RunPlans; past: PastRuns };

/** Pictures a model is shown itself, where it can see. */
const maxSeen = 2;
const maxSeenBytes = 3_000_000;

/** Throws what opening a sandbox throws, and `cancelled` when it was stopped. */
export async function* runProgram(
  parts: RunParts,
  request: RunRequest,
  context: ToolContext,
): AsyncGenerator<string, ToolResult, void> {
  const { sessionId, workspace } = context;
  const sandbox = yield* openSandbox(parts.sandboxes, parts.plans, context);
  const folder = workspace ?? (await parts.files.folderOf(sessionId));
  const before = folder === null ? null : await parts.files.before(folder);
  const reachedBefore = parts.network.reached(sessionId);
  const hosts = readHosts(request.hosts ?? []);
  const output = createKeptOutput();
  const whole = createWholeOutput(parts.attachments);
  const failed = new AbortController();
  const signal = AbortSignal.any([context.signal, failed.signal]);
  const { language, code } = request;
  const over = parts.running(sessionId, { callId: context.callId, language, title: titleOf(code) });
  const run = sandbox.run({ ...request, hosts }, signal);
  try {
    const { end, shown } = yield* follow(parts, run, output, whole);
    const effects = (await before?.effects(end.changed)) ?? [];
    // A folder that is not the person's own has nothing to be taken back in.
    if (effects.length > 0 && workspace !== null) context.changed(effects);
    if (end.ended === "stopped" || context.signal.aborted) throw stopped();
    const file = await whole.keep();
    if (file) parts.past.add(sessionId, context.callId, file);
    const didReach = hosts.length > 0 || parts.network.reached(sessionId) > reachedBefore;
    const drawn = [...shown, ...(await written(parts.attachments, effects))];
    const artifacts = withoutDoubles(drawn);
    const labels = labelsOf(workspace !== null || sandbox.tier === "machine", didReach);
    const allowed = parts.network.allowedHosts(sessionId);
    const ran = { request: { ...request, hosts }, allowed };
    return resultOf({ ...ran, context, sandbox, end, output, file, artifacts, labels, whole });
  } catch (error) {
    // Our own disk may be full: the program must not go on without anybody who listens.
    failed.abort();
    for (let next = await run.next(); !next.done;) next = await run.next();
    throw error;
  } finally {
    over();
    await whole.drop();
  }
}

async function* follow(
  { attachments, now }: RunParts,
  run: ReturnType<Sandbox["run"]>,
  output: KeptOutput,
  whole: WholeOutput,
): AsyncGenerator<string, { end: RunEnd; shown: Artifact[] }, void> {
  const live = createLiveOutput();
  const plain = { stdout: createPlainText(), stderr: createPlainText() };
  const shown: Artifact[] = [];
  for (;;) {
    const next = await run.next();
    if (next.done) {
      const rest = plain.stdout.end() + plain.stderr.end();
      output.add(rest);
      const last = live.push(rest, now()) + live.end();
      if (last !== "") yield last;
      return { end: next.value, shown };
    }
    const piece = next.value;
    if (piece.type === "display") {
      const artifact = shown.length < maxShown ? await displayed(attachments, piece) : null;
      if (artifact) shown.push(artifact);
      continue;
    }
    await whole.write(piece.bytes);
    const text = plain[piece.type].push(piece.bytes);
    output.add(text);
    const told = live.push(text, now());
    if (told !== "") yield told;
  }
}

type Ran = {
  request: RunRequest;
  context: ToolContext;
  sandbox: Sandbox;
  end: RunEnd;
  output: KeptOutput;
  whole: WholeOutput;
  file: AttachmentRef | null;
  artifacts: Artifact[];
  /** Hosts the session may reach. */
  allowed: readonly string[];
  labels: Label[];
};

function resultOf(ran: Ran): ToolResult {
  const { request, sandbox, end, output, whole, file, artifacts, labels } = ran;
  const cut = output.cut();
  const ended = endingOf(end.ended, request.timeoutMs);
  const seen = artifacts
    .map((artifact) => artifact.file)
    .filter(({ mime, sizeBytes }) => seenMimes.has(mime) && sizeBytes <= maxSeenBytes)
    .slice(0, maxSeen);
  return {
    text: textOf(ran, ended),
    view: {
      kind: "run",
      language: request.language,
      tier: sandbox.tier,
      code: request.code,
      exitCode: end.exitCode,
      ...(ended === null ? {} : { ended }),
      output: cut.tail === null ? cut.head : `${cut.head}\n[…]\n${cut.tail}`,
      outputBytes: whole.sizeBytes,
      memoryPeakBytes: end.memoryPeakBytes,
      changed: end.changed,
      blockedHosts: end.blockedHosts,
    },
    files: [...(file ? [file] : []), ...seen],
    artifacts,
    labels,
  };
}

const seenMimes: ReadonlySet<string> = new Set([
  "image/png",
  "image/jpeg",
  "image/gif",
  "image/webp",
]);

function textOf(
  { request, context, sandbox, end, output, file, artifacts, allowed }: Ran,
  ended: string | null,
): string {
  const more = file
    ? `process_output with process_id "${context.callId}" and from (in bytes) shows any part of it.`
    : "";
  const printed = modelText(output.cut(), more);
  const asked = [...(request.hosts ?? []), ...allowed];
  const lost = end.stateLost
    ? `What ${languageNames[request.language]} had kept from earlier calls is gone.`
    : "";
  const shown = artifacts.map(({ title }) => title).join(", ");
  return [
    statusLine(end, sandbox.tier),
    ended ?? "",
    lost,
    printed === "" ? "It printed nothing." : `Output:\n${printed.trimEnd()}`,
    changesLine(end.changed, end.moreChanges),
    shown === "" ? "" : `Shown to the person: ${shown}.`,
    blockedLine(end.blockedHosts, asked),
  ]
    .filter((line) => line !== "")
    .join("\n");
}

function labelsOf(isPrivate: boolean, isUntrusted: boolean): Label[] {
  return [
    ...(isPrivate ? (["private"] as const) : []),
    ...(isUntrusted ? (["untrusted"] as const) : []),
  ];
}

const stopped = () => new AetheriaError("cancelled", "That was stopped.", { retryable: true });
