// createHost(): the one file that joins core to its adapters. It owns the life of every room: what is
// opened here is closed here. Heavy packages load when they are first needed.
import { homedir } from "node:os";
import type { Push } from "../contract/calls.ts";
import { AetheriaError, type ErrorData } from "../contract/errors.ts";
import type { SessionId } from "../contract/ids.ts";
import type { Settings } from "../contract/settings.ts";
import type { Spending } from "../contract/system.ts";
import { fileEffects } from "../core/session/file-effects.ts";
import type { Store } from "../core/ports.ts";
import type { Channel } from "../rpc/channel.ts";
import { serveChannel, type Connection, type Handlers } from "../rpc/server.ts";
import { createBrowserHandlers } from "./browser-handlers.ts";
import { createBrowserParts } from "./browser-parts.ts";
import type { Keychain } from "./accounts/key-file.ts";
import { createSecrets } from "./accounts/secrets.ts";
import { createAttachmentCalls } from "./calls/attachment-calls.ts";
import { createSettingsCalls, grantAdder } from "./calls/settings-calls.ts";
import { createSystemCalls } from "./calls/system-calls.ts";
import { createDataCalls } from "./data/data-calls.ts";
import { sweepReplaced } from "./data/pending.ts";
import { createDoctor } from "./doctor/doctor.ts";
import { createEgress } from "./egress/egress.ts";
import { createLan } from "./lan/lan.ts";
import { limitedTo, type Guest } from "./limited-handlers.ts";
import { createMirrorParts } from "./mirror-parts.ts";
import { siteRulesOf } from "./egress/site-rules.ts";
import { readHostFile } from "./entry/host-file.ts";
import { findCompanion, findPage } from "./entry/page.ts";
import { version } from "./entry/version.ts";
import { createModelParts } from "./model-parts.ts";
import { openData, tellSecretsNotices, watchIntegrity } from "./open-data.ts";
import { createSandboxHandlers } from "./sandbox-handlers.ts";
import { createSandboxParts } from "./sandbox-parts.ts";
import { createSessionCalls } from "./sessions/session-calls.ts";
import { createSessions } from "./sessions/sessions.ts";
import { storageError } from "./store/storage-error.ts";
import { openStore } from "./store/store.ts";
import { clock, describe, ids, platformName } from "./system-parts.ts";
import { toolsOf } from "./tools-of.ts";
import { createAttachmentReader } from "./tools/documents/attachment-reader.ts";
import { createFileCalls, trashDirIn } from "./tools/files/create-file-calls.ts";
import { createTakeBack } from "./tools/files/take-back.ts";
import { createTrash } from "./tools/files/trash.ts";

export type HostOptions = {
  dataDir: string;
  env: Readonly<Record<string, string | undefined>>;
  log(line: string): void;
  /** Asked for by a restore or a deletion, once what the next host finds is on the disk: closes this
   * host and opens the next. Without it, whoever starts the program next does. */
  restart?(): void;
  /** The system's, where this program was given one. */
  keychain?: Keychain;
  /** The system opens aetheria:// links with this program; false unless said. */
  hasLinks?: boolean;
};

export interface Host {
  readonly handlers: Handlers;
  readonly notices: readonly ErrorData[];
  /** Serves a client until its channel closes. */
  connect(channel: Channel, client?: Pick<Connection, "isHere"> & Guest): Connection;
  /** The machine slept until now. */
  wake(): void;
  /** Ends runs where they are (the next host takes them up), finishes writes, lets the folder go. */
  close(): Promise<void>;
}

/** Opens the data folder and everything on it. Throws data_folder_in_use, disk_full or store_damaged
 * with the way out; whatever was opened by then is closed again. */
export async function createHost({
  dataDir,
  env,
  log,
  restart,
  keychain,
  hasLinks = false,
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

  const egress = createEgress({
    ...{ rules: () => store.settings(), clock },
    siteRules: (sessionId) => siteRulesOf(store.grants(), sessionId),
  });
  const secrets = createSecrets({ dataDir, env, keychain });
  const { models, keys, ...ofModels } = createModelParts({
    ...{ env, store, secrets, egress, broadcast },
  });

  const workspaceOf = (sessionId: SessionId) => store.session(sessionId)?.workspace ?? null;
  const fileCalls = createFileCalls({
    ...{ dataDir, clock, workspaceOf, attachments: store.attachments },
    effectsOf: (sessionId) => fileEffects(store.milestones(sessionId)),
    changed: (sessionId) => sessions.filesChanged(sessionId),
  });
  const sandbox = createSandboxParts({ dataDir, env, store, egress, broadcast, log });
  const changes = fileCalls["file.changes"];
  const browser = createBrowserParts({ dataDir, env, store, egress, broadcast, log });
  const tools = toolsOf({
    ...{ dataDir, store, egress, sandbox, browsers: browser.browsers, changes },
    searchKeys: {
      keyFor: async (engine) => (await keys.keyFor(engine))?.key ?? null,
      searxngUrl: env["SEARXNG_URL"],
    },
  });
  const spending = (): Spending => ({
    ...store.spending(clock.now()),
    budgetUsd: store.settings().budgets.usdPerDay,
  });
  const saveGrant = grantAdder(store, clock, ids);
  const addGrant: typeof saveGrant = (grant) => {
    const saved = saveGrant(grant);
    void egress.enforce();
    return saved;
  };
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
      runEnded: (sessionId) => {
        broadcast({ type: "spending.changed", spending: spending() });
        mirror.mirror.rested(sessionId);
      },
      appended: (sessionId) => mirror.mirror.appended(sessionId),
      grown: (sessionId) => mirror.mirror.grown(sessionId),
      onTrouble,
    },
    (push) => {
      if (push.type === "session.changed") mirror.mirror.summaryChanged(push.summary);
      broadcast(push);
    },
  );

  const settingsChanged = (before: Settings, after: Settings) => {
    const isOther = (...names: (keyof Settings)[]) =>
      names.some((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
    if (isOther("offline", "allowedPrivateHosts")) void egress.enforce();
    if (!before.offline && after.offline) sandbox.wentOffline();
    if (before.allowPlainKeychain !== after.allowPlainKeychain)
      secrets.reseal().catch((error: unknown) => log(`secrets: ${describe(error)}`));
    if (isOther("model", "offline", "ollamaUrl")) ofModels.changed();
    if (before.mirror !== after.mirror) mirror.mirror.choicesChanged();
    if (before.offline && !after.offline) mirror.mirror.wake();
    if (before.lan !== after.lan) void lan.set(after.lan);
    broadcast({ type: "spending.changed", spending: spending() });
  };
  const workspaceFiles = createTakeBack({
    ...{ dataDir, trashDir: trashDirIn(dataDir), attachments: store.attachments, clock },
  });

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

  const mirror = createMirrorParts({
    ...{ store, secrets, egress, broadcast, log, hasLinks },
    sessions: () => sessions,
    calls: () => handlers,
  });
  const lan = createLan({
    ...{ secrets, broadcast, now: clock.now, newId: ids.next, log },
    startDoor: async (door) => {
      const { startGateway } = await import("./gateway/gateway.ts");
      const built = { staticDir: findPage(), companionDir: findCompanion() };
      return startGateway({ ...door, ...built, version });
    },
    connect: (channel, client) => connect(channel, client),
  });
  const sandboxHandlers = createSandboxHandlers({ env, store, egress, sessions, sandbox });
  const settingsCalls = createSettingsCalls(store, addGrant, broadcast, settingsChanged);
  const browserHandlers = createBrowserHandlers({ store, egress, sessions, browser, addGrant });
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
        accounts: async () => (await ofModels.calls["account.list"]({})).accounts,
        ripgrepPath: async () => (await import("@vscode/ripgrep")).rgPath,
        walls: async (signal) => {
          const { lookForWalls } = await import("./sandbox/walls.ts");
          return lookForWalls({ env, platform: process.platform }, signal);
        },
        browser: async () => (await browser.browsers.program())?.title ?? null,
        servingAt: async () => (await readHostFile(dataDir))?.url ?? null,
      }),
      spending,
      egressLog: egress.log,
      tools,
    }),
    ...sessionCalls,
    "session.send": (input, connection) => {
      sandbox.expect(input.sessionId);
      return sessionCalls["session.send"](input, connection);
    },
    "session.delete": async (input, connection) => {
      const deleted = await sessionCalls["session.delete"](input, connection);
      mirror.mirror.appended(input.sessionId);
      await Promise.all([sandbox.forget(input.sessionId), browser.forget(input.sessionId)]);
      return deleted;
    },
    ...dataCalls,
    ...settingsCalls,
    "grant.revoke": async (input, connection) => {
      const revoked = await settingsCalls["grant.revoke"](input, connection);
      void egress.enforce();
      return revoked;
    },
    ...createAttachmentCalls(store.attachments),
    ...fileCalls,
    ...sandboxHandlers.handlers,
    ...browserHandlers.handlers,
    ...ofModels.calls,
    ...mirror.calls,
    "lan.status": () => lan.status(),
    "lan.pair": () => lan.pair(),
    "lan.revoke": async ({ deviceId }) => {
      await lan.revoke(deviceId);
      return {};
    },
  };
  function connect(channel: Channel, client: Pick<Connection, "isHere"> & Guest = {}): Connection {
    const unexpected = (error: unknown, call: string) =>
      log(`unexpected in ${call}: ${describe(error)}`);
    const allowed = limitedTo(handlers, client.mayCall);
    const connection = serveChannel(channel, allowed, unexpected, client);
    connections.add(connection);
    connection.onClose(() => connections.delete(connection));
    return connection;
  }

  if (pending.restored) sessions.endAll();
  else sessions.resumeAll();
  pending.settled();
  if (pending.restored) store.mirror.replaced();
  if (store.settings().lan) void lan.set(true);
  mirror.open();
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
    connect,
    wake: () => {
      lan.lookAgain();
      mirror.mirror.wake();
      void egress.renew().catch((error: unknown) => log(describe(error)));
    },
    async close() {
      closing.abort();
      await Promise.all([lan.close(), mirror.mirror.close()]);
      await ofModels.close();
      await closeData();
      sandboxHandlers.closeTerminals();
      await sessions.close();
      browserHandlers.closeViews();
      await Promise.all([sandbox.close(), browser.close()]);
      await egress.close();
      store.close();
      // Nobody looks into the folder any more when this resolves.
      await Promise.all([watching, sweeping]);
    },
  };
}

/** Some calls are also made by the host itself. */
const noConnection: Connection = { push: () => undefined, onClose: () => undefined };

function rulesOf(store: Store) {
  const { offline, budgets, fallbacks, instructions } = store.settings();
  const usdToday = store.spending(clock.now()).todayUsd;
  return { grants: store.grants(), offline, budgets, fallbacks, usdToday, instructions };
}
