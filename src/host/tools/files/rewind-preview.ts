// What taking files back would do now, with the difference it would make to each text.
import { Sha256 } from "../../../contract/ids.ts";
import type { RewindFile } from "../../../contract/data.ts";
import type { FileState } from "../../../contract/tool.ts";
import type { Attachments } from "../../../core/ports.ts";
import type { FileTarget } from "../../../core/session/file-effects.ts";
import { loadText } from "./load-text.ts";
import { keptText } from "./kept-text.ts";
import type { OwnFolder } from "./own-folder.ts";
import { checkTarget } from "./take-back-check.ts";
import type { Checked } from "./take-back-check.ts";
import { textDiff } from "./text-diff.ts";

type Needs = { attachments: Attachments; own: Pick<OwnFolder, "hides"> };

/** Beyond this the files are named without their differences: it is one message on the wire. */
const maxDiffChars = 1_000_000;

export async function previewTargets(
  root: string,
  targets: readonly FileTarget[],
  needs: Needs,
): Promise<RewindFile[]> {
  const files: RewindFile[] = [];
  let room = maxDiffChars;
  for (const target of targets) {
    const checked = await checkTarget(root, target, needs);
    const file = await rewindFile(target, checked, room > 0 ? needs.attachments : null);
    if (file === null) continue;
    room -= file.diff.length;
    files.push(file);
  }
  return files;
}

/** null: nothing would happen that a person would call a change of a file. */
async function rewindFile(
  { path, to, left }: FileTarget,
  checked: Checked,
  attachments: Attachments | null,
): Promise<RewindFile | null> {
  if (checked.kind === "same" || (isNoFile(to) && left.every(isNoFile))) return null;
  const action = isNoFile(to) ? ("remove" as const) : ("restore" as const);
  if (checked.kind === "problem")
    return { path, action, changedSince: false, diff: "", problem: checked.why };
  const { now, place } = checked;
  if (isNoFile(to) && isNoFile(now.state)) return null;
  const changedSince = !left.includes(now.state);
  if (attachments === null) return { path, action, changedSince, diff: "" };
  const before = isNoFile(now.state) ? "" : await textNow(() => loadText(place));
  const after = isNoFile(to) ? "" : await keptText(attachments, Sha256.parse(to));
  const isText = before !== null && after !== null;
  return { path, action, changedSince, diff: isText ? await textDiff(path, before, after) : "" };
}

/** There is nothing to read: a folder, or nothing at all. */
const isNoFile = (state: FileState): boolean => state === "folder" || state === "absent";

/** It may have gone since it was looked at. */
const textNow = async (load: () => ReturnType<typeof loadText>): Promise<string | null> =>
  (await load().catch(() => null))?.decoded?.text ?? null;
