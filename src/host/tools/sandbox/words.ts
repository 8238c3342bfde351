// The words of the sandbox family: what a wall is called, how a run ended, what it changed.
import type { SandboxLanguage, SandboxTier } from "../../../contract/sandbox.ts";
import { visible } from "../../../core/permission/approval-view.ts";
import { sizeText } from "../amounts.ts";
import { notIn } from "../../../core/permission/named-hosts.ts";
import type { FileChanged, RunEnd } from "../../../core/sandbox-ports.ts";

export const tierNames: Record<SandboxTier, string> = {
  docker: "Docker",
  podman: "Podman",
  bubblewrap: "bubblewrap",
  seatbelt: "the macOS sandbox",
  machine: "this machine, without a sandbox",
};

export const languageNames: Record<SandboxLanguage, string> = {
  python: "Python",
  node: "Node",
  shell: "shell",
};

const endings: Record<Exclude<NonNullable<RunEnd["ended"]>, "timeout">, string> = {
  stopped: "It was stopped.",
  memory:
    "It was ended because it needed more memory than the sandbox has. Work on smaller pieces at a time.",
  processes:
    "It was ended because it started more processes than the sandbox allows. Start fewer at once.",
  disk: "It was ended because it wrote more to the disk than the sandbox allows. Write less, or delete what is not needed.",
  lost: "The sandbox itself went away while it ran: its container was killed or its engine restarted. The next call gets a fresh one.",
};

/** null: it ended by itself. */
export function endingOf(ended: RunEnd["ended"], timeoutMs: number): string | null {
  if (ended === null) return null;
  if (ended === "timeout")
    return `It was ended after ${timeoutMs / 1000} s, the time it had. Give it more timeout_seconds, or use start_process for what runs long.`;
  return endings[ended];
}

/** `Exit code 0, 0.31 s, 42 MB at its peak, in Docker.` */
export function statusLine(end: RunEnd, tier: SandboxTier): string {
  const parts = [
    end.exitCode === null ? "Ended by force" : `Exit code ${end.exitCode}`,
    `${(end.ms / 1000).toFixed(2)} s`,
    ...(end.memoryPeakBytes === null ? [] : [`${sizeText(end.memoryPeakBytes)} at its peak`]),
    tier === "machine" ? `on ${tierNames.machine}` : `in ${tierNames[tier]}`,
  ];
  return `${parts.join(", ")}.`;
}

const maxNames = 30;
const verbs = { created: "Created", modified: "Changed", deleted: "Deleted" } as const;

/** `Created chart.png, out/a.csv. Changed b.txt.`; empty where nothing changed. */
export function changesLine(changed: readonly FileChanged[], more: number): string {
  const sentences = (["created", "modified", "deleted"] as const).flatMap((change) => {
    const names = changed.filter((one) => one.change === change).map(({ path }) => visible(path));
    if (names.length === 0) return [];
    const rest = names.length > maxNames ? ` and ${names.length - maxNames} more` : "";
    return [`${verbs[change]} ${names.slice(0, maxNames).join(", ")}${rest}.`];
  });
  const beyond = more > 0 ? [`And ${more.toLocaleString("en")} more changes.`] : [];
  return [...sentences, ...beyond].join(" ");
}

/** `asked`: the run was allowed these, so that something else must have been in the way. */
export function blockedLine(hosts: readonly string[], asked: readonly string[]): string {
  const fresh = notIn(hosts, asked);
  const refused = hosts.filter((host) => !fresh.includes(host));
  const list = (names: readonly string[]) => names.slice(0, 10).map(visible);
  const unasked =
    fresh.length === 0
      ? ""
      : `It tried to reach ${list(fresh).join(", ")} and was refused: the sandbox has no network of its own. If that is needed, call again with hosts: ${JSON.stringify(list(fresh))}; the person is asked first.`;
  const inTheWay =
    refused.length === 0
      ? ""
      : `It could not reach ${list(refused).join(", ")}: Aetheria is offline, or that is a private address, which only the person can allow in Settings.`;
  return [unasked, inTheWay].filter((sentence) => sentence !== "").join("\n");
}

/** The first line that says something, for lists. */
export function titleOf(code: string): string {
  const lines = code.slice(0, 5_000).split("\n");
  const telling = lines
    .map((line) => line.trim())
    .find((line) => line !== "" && !preamble.test(line));
  const line = visible(telling ?? lines[0]?.trim() ?? "");
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}

/** What every program begins with says nothing of this one. */
const preamble = /^(?:import\b|from\s+\S+\s+import\b|(?:const|let|var)\b.*\brequire\(|set\s+-|#)/;
