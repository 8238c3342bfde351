// What the browser family needs of other rooms; host.ts hands it in.
import type { Browsers } from "../../../core/browser-ports.ts";
import type { Attachments, ToolContext } from "../../../core/ports.ts";

export type BrowserToolsSetup = {
  browsers: Browsers;
  attachments: Attachments;
  files: WorkspaceDoor;
};

/** A place in the workspace: the absolute real path, and how it is written for people. */
export type Place = { real: string; shown: string };

/** The way of files in and out of the session's folder. Everything throws workspace_missing,
 * outside_workspace, bad_input or refused, with the way out. */
export interface WorkspaceDoor {
  /** Where a new file would come to lie. Throws conflict when a folder is there, `exact` also when
   * anything is. */
  placeFor(workspace: string | null, path: string, options: { exact: boolean }): Promise<Place>;
  /** Puts a copy there, never over anything: a name that is taken gets a number unless `exact`. Not to
   * be run. Tells the context what changed. */
  takeIn(
    what: { from: string } | { bytes: Uint8Array },
    path: string,
    options: { exact: boolean },
    context: ToolContext,
  ): Promise<Place>;
  /** A plain file that is there. */
  fileAt(workspace: string | null, path: string): Promise<Place & { sizeBytes: number }>;
}
