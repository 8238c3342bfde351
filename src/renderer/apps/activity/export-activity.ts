// Hands the tree to the person as a file.
import { activityCsv, activityJson } from "../../../core/session/activity-export.ts";
import { saveBlob } from "../../client/save-blob.ts";
import type { Words } from "../../words/words.ts";
import type { ActivityState } from "./activity-state.svelte.ts";

/** Answers the file's name. */
export function exportActivity(state: ActivityState, w: Words, kind: "json" | "csv"): string {
  const { view, activity } = state;
  const title = view.title === "" ? w.sessions.untitled : view.title;
  const text = kind === "csv" ? activityCsv(activity.roots) : activityJson(title, activity.roots);
  const type = kind === "csv" ? "text/csv;charset=utf-8" : "application/json";
  const name = `${fileName(w.activity.fileName(title))}.${kind}`;
  saveBlob(new Blob([text], { type }), name);
  return name;
}

/** Without what a file's name may not hold, nor marks that turn its direction. */
const fileName = (name: string): string =>
  name.replace(/[\\/:*?"<>|\p{Cc}\p{Cf}]/gu, "-").slice(0, 120);
