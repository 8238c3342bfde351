// Looks at one file that is to be taken back: what is there now, what would be done, and why it
// would not. Touches nothing; what it finds is true for a moment only, and acting looks again.
import { join } from "node:path";
import { AetheriaError } from "../../../contract/errors.ts";
import { Sha256 } from "../../../contract/ids.ts";
import type { Attachments } from "../../../core/ports.ts";
import type { FileTarget } from "../../../core/session/file-effects.ts";
import { stateAt } from "./file-journal.ts";
import type { Seen } from "./file-journal.ts";
import { shorten } from "./file-problem.ts";
import type { OwnFolder } from "./own-folder.ts";
import { resolveInWorkspace } from "./workspace-path.ts";
import type { WorkspacePath } from "./workspace-path.ts";

export type Checked =
  | { kind: "same" }
  | { kind: "problem"; why: string }
  | { kind: "change"; place: WorkspacePath; now: Seen };

type Needs = { attachments: Attachments; own: Pick<OwnFolder, "hides"> };

/** Never throws: whatever stands in the way is a sentence. */
export async function checkTarget(root: string, target: FileTarget, needs: Needs) {
  try {
    return await check(root, target, needs);
  } catch (error) {
    return problem(whyOf(error));
  }
}

export const whyOf = (error: unknown): string =>
  error instanceof AetheriaError ? error.message : "Something unexpected stood in the way.";

const problem = (why: string): Checked => ({ kind: "problem", why });

async function check(root: string, target: FileTarget, needs: Needs): Promise<Checked> {
  if (target.root !== root)
    return problem(`It is in another folder, “${shorten(target.root)}”, than the session's now.`);
  const place = await placeOf(root, target.path);
  if (place === null) return problem("A link stands in the way to it now.");
  if (await needs.own.hides(root, place.real))
    return problem("Aetheria's own data is there; it is left alone.");
  const now = await stateAt(place);
  if (now.state === target.to) return { kind: "same" };
  const why = whyNot(now, target) ?? (await missingContent(target, needs.attachments));
  return why === null ? { kind: "change", place, now } : problem(why);
}

/** null when a link has come in between: the file that was changed is somewhere else. */
async function placeOf(root: string, path: string): Promise<WorkspacePath | null> {
  const recorded = join(root, ...path.split("/"));
  const place = await resolveInWorkspace(root, recorded, { followLast: false });
  return place.real === recorded && place.real !== place.root ? place : null;
}

const unkeptNow = {
  large: "It is too large now to be put aside safely, so it was left alone.",
  link: "There is a link in its place now; it was left alone.",
  special: "There is no plain file in its place now; it was left alone.",
  unreadable: "What is there now may not be read, so it could not be put aside.",
};

function whyNot(now: Seen, { to }: FileTarget): string | null {
  if (to === "unkept") return "What was there was not kept: it was too large, or no plain file.";
  return now.unkept === undefined ? null : unkeptNow[now.unkept];
}

async function missingContent({ to }: FileTarget, attachments: Attachments) {
  if (!Sha256.safeParse(to).success) return null;
  const kept = await attachments.get(to, 0, 0).catch(() => null);
  return kept === null ? "What it held is no longer kept." : null;
}
