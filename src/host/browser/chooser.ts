// The file chooser that a page opened. No window shows it: somebody names files of the workspace.
import type { FileChooser, Page } from "playwright-core";
import { AetheriaError } from "../../contract/errors.ts";

export type Chooser = ReturnType<typeof createChooser>;

export function createChooser(changed: () => void, note: (sentence: string) => void) {
  let open: FileChooser | null = null;
  const set = (chooser: FileChooser | null) => {
    open = chooser;
    changed();
  };
  return {
    current: () => open && { multiple: open.isMultiple() },
    opened(chooser: FileChooser): void {
      set(chooser);
      note("The page asks for files. Give them with the upload verb, to the same element.");
    },
    forget(page: Page): void {
      if (open?.page() === page) set(null);
    },
    clear: () => void (open && set(null)),
    /** None: the page gets none. Throws not_found, bad_input. */
    async choose(paths: string[]): Promise<void> {
      const chooser = open;
      if (!chooser) throw new AetheriaError("not_found", "No page asks for files.");
      if (paths.length > 1 && !chooser.isMultiple())
        throw new AetheriaError("bad_input", "The page takes one file only.");
      set(null);
      if (paths.length > 0) await chooser.setFiles(paths);
    },
  };
}
