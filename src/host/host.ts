// createHost(): the one file that joins core to its adapters. It owns the life of every room: what is
// opened here is closed here. Heavy packages load when they are first needed.
import { homedir } from "node:os";
import { uuidv7 } from "uuidv7";
import type { Push } from "../contract/calls.ts";
import { AetheriaError, type ErrorData } from "../contract/errors.ts";
import type { SessionId } from "../contract/ids.ts";
import type { Settings } from "../contract/settings.ts";
import type { Spending } from "../contract/system.ts";
import type { Clock, Ids, Store, Tool } from "../core/ports.ts";
import { fileEffects } from "../core/session/file-effects.ts";
import type { Channel } from "../rpc/channel.ts";
import { serveChannel, type Connection, type Handlers } from "../rpc/server.ts";
import { createAccountCalls } from "./accounts/account-calls.ts";
import type { Keychain } from "./accounts/key-file.ts";
import { createProviderKeys } from "./accounts/provider-keys.ts";
import { createSecrets, type Secrets } from "./accounts/secrets.ts";
import { createAttachmentCalls } from "./calls/attachment-calls.ts";
import { createSettingsCalls, grantAdder } from "./calls/settings-calls.ts";
import { createSystemCalls } from "./calls/system-calls.ts";
import { createDataCalls } from "./data/data-calls.ts";
import { applyPending, sweepReplaced, type Applied } from "./data/pending.ts";
import { createDoctor } from "./doctor/doctor.ts";
import { createEgress, type Egress } from "./egress/egress.ts";
import { readHostFile } from "./entry/host-file.ts";
import { version } from "./entry/version.ts";
import { createModelCalls } from "./models/model-calls.ts";
import { createModels } from "./models/models.ts";
import { lookForWalls } from "./sandbox/walls.ts";
import { createSessionCalls } from "./sessions/session-calls.ts";
import { createSessions } from "./sessions/sessions.ts";
import { storageError } from "./store/storage-error.ts";
import { openStore } from "./store/store.ts";
import { createAttachmentReader } from "./tools/documents/attachment-reader.ts";
import { readDocument } from "./tools/documents/read-document.ts";
import { createFileCalls, trashDirIn } from "./tools/files/create-file-calls.ts";
import { createFileTools } from "./tools/files/create-file-tools.ts";
import { createTakeBack } from "./tools/files/take-back.ts";
import { createTrash } from "./tools/files/trash.ts";
import { createWebTools } from "./tools/web/web-tools.ts";

export type HostOptions = {
  dataDir: string;
  env: Readonly<Record<string, string | undefined>>;
  log(line: string): void;
  /** Asked for by a restore or a deletion, once what the next host finds is on the disk: closes this
   * host and opens the next. Without it, whoever starts the program next does. */
  restart?(): void;
  /** The system's, where this program was given one. */
  keychain?: Keychain;
};

export interface Host {
  readonly handlers: Handlers;
  readonly notices: readonly ErrorData[];
  /** Serves a client until its channel closes. */
  connect(channel: Channel): Connection;
  /** The machine slept until now. */
  wake(): void;
  /** Ends runs where they are (the next host takes them up), finishes writes, lets the folder go. */
  close(): Promise<void>;
}

const ids: Ids = { next: uuidv7 };

const clock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason as Error);
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      };
      const timer = setTimeout(() => {
        signal.removeEventListener("abort", onAbort);
        resolve();
      }, ms);
      signal.addEventListener("abort", onAbort, { once: true });
    }),
};

/** Opens the data folder and everything on it. Throws data_folder_in_use, disk_full or store_damaged
 * with the way out; whatever was opened by then is closed again. */
export async function createHost({
  dataDir,
  env,
  log,
  restart,
  keychain,
}: HostOptions): Promise<Host> {
  const { store, pending } = openData(dataDir, log);
  const connections = new Set<Connection>();
  const notices: ErrorData[] = [...store.notices];
  const broadcast = (push: Push) => {
    for (const connection of connections) connection.push(push);
  };
  const tell = (notice: ErrorData) => {
    notices.push(notice);
    broadcast({ type: "notice", notice });
  };
  const onTrouble = (error: unknown) => {
    if (!(error instanceof AetheriaError)) log(`unexpected: ${describe(error)}`);
    broadcast({ type: "notice", notice: AetheriaError.toData(error) });
  };

  const egress = createEgress({ rules: () => store.settings(), clock });
  const secrets = createSecrets({ dataDir, env, keychain });
  const keys = createProviderKeys(secrets, env);
  const models = createModels({
    fetch: egress.fetch("models", { allowPrivate: true }),
    keyFor: (provider) => keys.keyFor(provider),
    settings: () => store.settings(),
    env,
    clock,
  });
  const modelsChanged = () => {
    models.forget();
    broadcast({ type: "models.changed" });
  };
  const accountCalls = createAccountCalls({
    keys,
    checkKey: (provider, key) => models.checkKey(provider, key),
    onChange: modelsChanged,
  });
  const { close: closePulls, ...modelCalls } = createModelCalls({ models, broadcast });

  const tools = toolsOf(dataDir, store, egress);
  const spending = (): Spending => ({
    ...store.spending(clock.now()),
    budgetUsd: store.settings().budgets.usdPerDay,
  });
  const addGrant = grantAdder(store, clock, ids);
  const sessions = createSessions(
    {
      store,
      clock,
      ids,
      models,
      tools,
      attachments: createAttachmentReader(store.attachments),
      platform: platformName(),
      random: Math.random,
      rules: () => rulesOf(store),
      saveGrant: (grant) => void addGrant(grant),
      runEnded: () => broadcast({ type: "spending.changed", spending: spending() }),
      onTrouble,
    },
    broadcast,
  );

  const settingsChanged = (before: Settings, after: Settings) => {
    if (before.offline !== after.offline) void egress.enforce();
    if (before.allowPlainKeychain !== after.allowPlainKeychain)
      secrets.reseal().catch((error: unknown) => log(`secrets: ${describe(error)}`));
    const ofModels = ["model", "offline", "ollamaUrl"] as const;
    if (ofModels.some((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key])))
      modelsChanged();
    broadcast({ type: "spending.changed", spending: spending() });
  };
  const workspaceFiles = createTakeBack({
    ...{ dataDir, trashDir: trashDirIn(dataDir), attachments: store.attachments, clock },
  });
  const workspaceOf = (sessionId: SessionId) => store.session(sessionId)?.workspace ?? null;

  const sessionCalls = createSessionCalls(
    sessions,
    store,
    ids,
    () => store.settings(),
    broadcast,
    workspaceFiles,
  );
  const { close: closeData, ...dataCalls } = createDataCalls({
    dataDir,
    store,
    openStore: (folder) => openStore({ dataDir: folder, clock, log }),
    exportSession: async ({ sessionId }, format) =>
      sessionCalls["session.export"]({ sessionId, format }, noConnection),
    version,
    now: clock.now,
    log,
    broadcast,
    restart: restart ?? (() => undefined),
    told: (error) => storageError(error, dataDir),
  });

  const handlers: Handlers = {
    ...createSystemCalls({
      version,
      platform: platformName(),
      home: homedir(),
      notices: () => notices,
      doctor: createDoctor({
        dataDir,
        env,
        checkStore: () => store.checkIntegrity(),
        models: () => models.catalog(true),
        accounts: async () => (await accountCalls["account.list"]({})).accounts,
        ripgrepPath: async () => (await import("@vscode/ripgrep")).rgPath,
        walls: (signal) => lookForWalls({ env, platform: process.platform }, signal),
        servingAt: async () => (await readHostFile(dataDir))?.url ?? null,
      }),
      spending,
      egressLog: egress.log,
      tools,
    }),
    ...sessionCalls,
    ...dataCalls,
    ...createSettingsCalls(store, addGrant, broadcast, settingsChanged),
    ...createAttachmentCalls(store.attachments),
    ...createFileCalls({
      ...{ dataDir, clock, workspaceOf, attachments: store.attachments },
      effectsOf: (sessionId) => fileEffects(store.milestones(sessionId)),
      changed: (sessionId) => sessions.filesChanged(sessionId),
    }),
    ...modelCalls,
    ...accountCalls,
  };

  if (pending.restored) sessions.endAll();
  else sessions.resumeAll();
  pending.settled();
  void tellSecretsNotices(secrets, tell, log);
  const closing = new AbortController();
  const watching = watchIntegrity(store, closing.signal, tell, log);
  const { trashDays } = store.settings();
  sweepReplaced(dataDir, trashDays, clock.now());
  const trash = createTrash(trashDirIn(dataDir), clock);
  const sweeping = trash.sweep(trashDays).catch((error: unknown) => log(describe(error)));

  return {
    handlers,
    notices,
    connect(channel) {
      const connection = serveChannel(channel, handlers, (error, call) =>
        log(`unexpected in ${call}: ${describe(error)}`),
      );
      connections.add(connection);
      connection.onClose(() => connections.delete(connection));
      return connection;
    },
    wake: () => void egress.renew().catch((error: unknown) => log(describe(error))),
    async close() {
      closing.abort();
      await closePulls();
      await closeData();
      await sessions.close();
      await egress.close();
      store.close();
      // Nobody looks into the folder any more when this resolves.
      await Promise.all([watching, sweeping]);
    },
  };
}

/** What a restore or a deletion left to do is done before the store opens, and in its lock. */
function openData(dataDir: string, log: (line: string) => void) {
  let pending: Applied = { restored: false, settled: () => undefined };
  const beforeOpening = () => void (pending = applyPending(dataDir));
  const store = openStore({ dataDir, clock, log, beforeOpening });
  return { store, pending };
}

/** Some calls are also made by the host itself. */
const noConnection: Connection = { push: () => undefined, onClose: () => undefined };

function toolsOf(dataDir: string, store: Store, egress: Egress): ReadonlyMap<string, Tool> {
  const { attachments } = store;
  const fetch = (sessionId: SessionId) => egress.fetch("web_fetch", { sessionId });
  const tools = [
    ...createFileTools({ dataDir, trashDir: trashDirIn(dataDir), attachments, clock }),
    ...createWebTools({
      fetch,
      readDocument: (bytes, name, mime, maxChars) => readDocument({ bytes, name, mime }, maxChars),
    }),
  ];
  return new Map(tools.map((tool) => [tool.description.name, tool]));
}

function rulesOf(store: Store) {
  const { offline, budgets, fallbacks, instructions } = store.settings();
  const usdToday = store.spending(clock.now()).todayUsd;
  return { grants: store.grants(), offline, budgets, fallbacks, usdToday, instructions };
}

/** The background check of the file. Damage it finds is repaired then and there; the person reads
 * what was saved, and where the damaged original lies. */
async function watchIntegrity(
  store: Store,
  signal: AbortSignal,
  tell: (notice: ErrorData) => void,
  log: (line: string) => void,
): Promise<void> {
  const told = new Set(store.notices);
  try {
    await clock.sleep(startMs, signal).catch(() => undefined);
    if (signal.aborted) return;
    await store.checkIntegrity();
    for (const notice of store.notices) if (!told.has(notice)) tell(notice);
  } catch (error) {
    log(`integrity check: ${describe(error)}`);
  }
}

/** The file of keys is opened with the first question to it; what is wrong with it shows then. */
async function tellSecretsNotices(
  secrets: Secrets,
  tell: (notice: ErrorData) => void,
  log: (line: string) => void,
): Promise<void> {
  try {
    await secrets.names();
    for (const notice of secrets.notices) tell(notice);
  } catch (error) {
    log(`secrets: ${describe(error)}`);
  }
}

/** Reading the whole file would make the page, which starts at the same time, wait. */
const startMs = 3_000;

const platformNames: Partial<Record<NodeJS.Platform, string>> = {
  darwin: "macOS",
  linux: "Linux",
  win32: "Windows",
};

const platformName = (): string => platformNames[process.platform] ?? process.platform;

const describe = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
