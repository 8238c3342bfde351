// The contract's data.* over the rest of this room.
import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Push } from "../../contract/calls.ts";
import type { DataFile } from "../../contract/data.ts";
import { AetheriaError } from "../../contract/errors.ts";
import type { Store } from "../../core/ports.ts";
import type { Handlers } from "../../rpc/server.ts";
import { writeBackup } from "./backup.ts";
import { deletePending } from "./contents.ts";
import { writeExport, type ExportParts } from "./export-all.ts";
import { createJobs, type Job } from "./job.ts";
import { createOwnFiles } from "./own-files.ts";
import { stageRestore } from "./stage-restore.ts";

export type DataParts = {
  dataDir: string;
  store: Store;
  openStore(dataDir: string): Store;
  exportSession: ExportParts["exportSession"];
  version: string;
  now(): number;
  log(line: string): void;
  broadcast(push: Push): void;
  /** Ends this host; its entry starts the next one. */
  restart(): void;
  /** What the system threw, as a person can read it. */
  told(error: unknown): unknown;
};

type DataCalls = Pick<Handlers, Extract<keyof Handlers, `data.${string}`>>;

export function createDataCalls(parts: DataParts): DataCalls & { close(): Promise<void> } {
  const { dataDir, store, now } = parts;
  const files = createOwnFiles(dataDir);
  const jobs = createJobs(parts.broadcast);
  /** The answer goes out first. */
  const restartSoon = () => void setImmediate(() => parts.restart());

  async function told<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw parts.told(error);
    }
  }

  const write = (
    kind: DataFile["kind"],
    work: (path: string, job: Job) => Promise<void>,
  ): Promise<DataFile> =>
    jobs.run(kind, (job) =>
      told(async () => {
        const path = await files.fresh(kind, now());
        await work(path, job);
        return files.find(basename(path));
      }),
    );

  return {
    "data.list": () => told(async () => ({ files: await files.list() })),
    "data.backup": () => write("backup", (path, job) => writeBackup(parts, path, job)),
    "data.exportAll": () => write("export", (path, job) => writeExport(parts, path, job)),
    "data.stop": () => {
      jobs.stop();
      return {};
    },
    "data.read": ({ name, offset, length }) => told(() => files.read(name, offset, length)),
    "data.remove": ({ name }) =>
      told(async () => {
        await files.remove(name);
        return {};
      }),
    "data.restore": async ({ from }) => {
      const own = "name" in from;
      await jobs.run("restore", (job) =>
        told(async () => {
          const path = own
            ? await backupPath(await files.find(from.name))
            : store.attachments.path(from.file.sha256);
          await stageRestore(parts, path, own, job);
        }),
      );
      restartSoon();
      return {};
    },
    "data.deleteAll": () =>
      told(async () => {
        await jobs.close();
        await writeFile(join(dataDir, deletePending), "", { flush: true });
        restartSoon();
        return {};
      }),
    close: () => jobs.close(),
  };
}

function backupPath({ kind, path }: DataFile): string {
  if (kind === "backup") return path;
  throw new AetheriaError("bad_input", "An export cannot be restored: it is made to be read.", {
    hint: "Choose a backup. A single session comes back with Import.",
  });
}
