// Every tool of this host, with what its family needs of the other rooms.
import { AetheriaError } from "../contract/errors.ts";
import type { SessionId } from "../contract/ids.ts";
import type { Browsers } from "../core/browser-ports.ts";
import type { Store, Tool } from "../core/ports.ts";
import type { FileChanged } from "../core/sandbox-ports.ts";
import type { Egress } from "./egress/egress.ts";
import type { SandboxParts } from "./sandbox-parts.ts";
import { clock } from "./system-parts.ts";
import { createBrowserTools } from "./tools/browser/browser-tools.ts";
import { createReadInTab } from "./tools/browser/read-in-tab.ts";
import { readDocument } from "./tools/documents/read-document.ts";
import { trashDirIn, type FileCalls } from "./tools/files/create-file-calls.ts";
import { createFileTools } from "./tools/files/create-file-tools.ts";
import { createFileJournal } from "./tools/files/file-journal.ts";
import { createOwnFolder } from "./tools/files/own-folder.ts";
import { createRunJournal } from "./tools/files/run-journal.ts";
import { createTakeIn } from "./tools/files/take-in.ts";
import { createSandboxTools } from "./tools/sandbox/sandbox-tools.ts";
import { createWebTools, type WebSearchSetup } from "./tools/web/web-tools.ts";

type Needs = {
  dataDir: string;
  store: Store;
  egress: Egress;
  sandbox: SandboxParts;
  browsers: Browsers;
  searchKeys: Pick<WebSearchSetup, "keyFor" | "searxngUrl">;
  /** What the agent changed in a session, in sum. */
  changes: FileCalls["file.changes"];
};

export function toolsOf({
  dataDir,
  store,
  egress,
  sandbox,
  browsers,
  searchKeys,
  changes,
}: Needs): ReadonlyMap<string, Tool> {
  const { attachments } = store;
  const own = createOwnFolder(dataDir);
  const journal = createFileJournal(attachments);
  const runs = createRunJournal(journal, own.hides);
  const tools = [
    ...createFileTools({ dataDir, trashDir: trashDirIn(dataDir), attachments, clock }),
    ...createWebTools(
      {
        fetch: (sessionId: SessionId) => egress.fetch("web_fetch", { sessionId }),
        readDocument: (bytes, name, mime, maxChars) =>
          readDocument({ bytes, name, mime }, maxChars),
      },
      {
        settings: () => store.settings().search,
        fetch: (sessionId, { own: allowPrivate }) =>
          egress.fetch("web_search", { sessionId, allowPrivate }),
        keyFor: searchKeys.keyFor,
        searxngUrl: searchKeys.searxngUrl,
        readInBrowser: createReadInTab(browsers),
        browserHoldsPrivate: (sessionId) => browsers.current(sessionId)?.holdsPrivate === true,
      },
    ),
    ...createSandboxTools({
      ...{ sandboxes: sandbox.sandboxes, attachments, now: () => performance.now() },
      running: (sessionId, run) =>
        sandbox.board.begin(sessionId, { ...run, startedAt: clock.now() }),
      network: egress.proxy,
      files: {
        before: runs.before,
        folderOf: sandbox.folderOf,
        refusal: async (workspace) => ((await own.liesIn(workspace)) ? holdsOwnData() : null),
        changes: async (sessionId) =>
          (await changes({ sessionId })).changes.map(({ path, change }): FileChanged => {
            return { path, change: change === "added" ? "created" : change };
          }),
      },
    }),
    ...createBrowserTools({ browsers, attachments, files: createTakeIn(journal, own) }),
  ];
  return new Map(tools.map((tool) => [tool.description.name, tool]));
}

export const holdsOwnData = () =>
  new AetheriaError(
    "refused",
    "The session's folder holds Aetheria's own data, keys among it, so no code runs in it.",
    { hint: "Choose a folder further in for the session." },
  );
