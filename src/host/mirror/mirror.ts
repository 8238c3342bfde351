// The mirror of this host: who is signed in, whether the account's key is here, and the engine while both
// are. Everything else of Aetheria works without it; nothing of it is loaded before somebody signs in.
import { AetheriaError, type ErrorData } from "../../contract/errors.ts";
import { DeviceId, type SessionId } from "../../contract/ids.ts";
import type { KeyRing, KeyRow, MirrorAccount, MirrorStatus } from "../../contract/mirror.ts";
import type { Push } from "../../contract/calls.ts";
import type { SessionSummary } from "../../contract/session.ts";
import type { Check } from "../../contract/system.ts";
import type { SupabaseSetup } from "../../cloud/open-supabase.ts";
import type { Cloud } from "../../cloud/open-cloud.ts";
import type { HostMirrorState } from "../../core/mirror/host-mirror.ts";
import type { CommandRunner, MirrorLog } from "../../core/mirror/ports.ts";
import type { Clock, Store } from "../../core/ports.ts";
import { testMirror } from "./mirror-test.ts";
import { noCloud, type MirrorFiles } from "./mirror-files.ts";
import { createMirrorSecrets, type Project, type Secrets } from "./mirror-secrets.ts";
import { createPushNews } from "./push-messages.ts";
import type { RunningMirror } from "./running-mirror.ts";

export type MirrorParts = {
  store: Store;
  log: MirrorLog;
  secrets: Secrets;
  clock: Clock;
  random(): number;
  newId(): string;
  fetch: typeof fetch;
  /** To push services: never to a private address. */
  pushFetch: typeof fetch;
  webSocket(): Promise<NonNullable<SupabaseSetup["webSocket"]>>;
  runner(files: MirrorFiles): CommandRunner;
  isIdle(sessionId: SessionId): boolean;
  /** How this machine is called among the devices. */
  name: string;
  platform: string;
  /** Where a sign-in that was finished in the system's browser comes back to. */
  callback: string;
  /** How long a file may take to come. */
  fetchMs: number;
  broadcast(push: Push): void;
  trouble(line: string): void;
};

export type Mirror = ReturnType<typeof createMirror>;

type Usage = NonNullable<MirrorStatus["usage"]>;
type SignedIn = { cloud: Cloud; account: MirrorAccount };

const off: HostMirrorState = {
  ...{ phase: "off", waitingEvents: 0, lagMs: 0, error: null, retryAt: null },
};
const askMs = 20_000;

export function createMirror(parts: MirrorParts) {
  const { store, broadcast } = parts;
  const kept = createMirrorSecrets(parts.secrets);
  let cloud: Cloud | null = null;
  let project: Project | null = null;
  let signedIn: SignedIn | null = null;
  let running: RunningMirror | null = null;
  let key: MirrorStatus["key"] = "unknown";
  let deviceId: DeviceId | null = null;
  let state = off;
  let usage: MirrorStatus["usage"] = null;
  let problem: ErrorData | null = null;
  let isClosed = false;
  /** One change after the other. */
  let last: Promise<unknown> = Promise.resolve();

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  }

  const news = createPushNews(parts.clock.now);
  const asking = () => AbortSignal.timeout(askMs);

  function status(): MirrorStatus {
    const { phase, waitingEvents, lagMs, error, retryAt } = running?.engine.state() ?? state;
    const { account: own } = signedIn ?? { account: null };
    const account = own && { url: own.url, anonKey: own.anonKey, email: own.email };
    return {
      ...{ account, key, deviceId, phase, waitingEvents, lagMs, retryAt, usage },
      error: error ?? problem,
    };
  }

  function tell(): void {
    if (!isClosed) broadcast({ type: "mirror.changed", status: status() });
  }

  function tellOf(sessionId: SessionId): void {
    if (!isClosed) broadcast({ type: "mirror.session", sessionId });
  }

  async function openCloudOf(next: Project): Promise<Cloud> {
    if (cloud && project?.url === next.url && project.anonKey === next.anonKey) return cloud;
    await closeCloud();
    const [{ openCloud }, webSocket] = await Promise.all([
      import("../../cloud/open-cloud.ts"),
      parts.webSocket(),
    ]);
    cloud = await openCloud({ ...next, tokens: kept.tokens, fetch: parts.fetch, webSocket });
    project = next;
    return cloud;
  }

  async function closeCloud(): Promise<void> {
    await stopRunning();
    await cloud?.close();
    cloud = null;
    signedIn = null;
    key = "unknown";
  }

  async function stopRunning(): Promise<void> {
    await running?.close();
    running = null;
    state = off;
  }

  async function adopt(next: SignedIn): Promise<void> {
    const before = await kept.device(next.account.userId);
    // Another account has nothing of what was sent to the one before.
    if (before === null) store.mirror.restart();
    signedIn = next;
    await lookForKey();
  }

  /** Whether the account has a key, and whether it is here. */
  async function lookForKey(): Promise<void> {
    if (!signedIn) return;
    const ring = await kept.ring(signedIn.account.userId);
    problem = null;
    try {
      const row = await signedIn.cloud.server.keys(asking());
      key = row === null ? "none" : opens(ring, row) ? "ready" : "locked";
    } catch (error) {
      // With a key at hand the engine tries again by itself.
      key = ring === null ? "unknown" : "ready";
      if (ring === null) problem = AetheriaError.toData(error);
    }
    if (key === "ready" && ring) await start(ring);
    tell();
  }

  const opens = (ring: KeyRing | null, row: KeyRow): boolean =>
    ring?.keys.some(({ generation }) => generation === row.generation) ?? false;

  async function start(ring: KeyRing): Promise<void> {
    if (!signedIn || isClosed) return;
    await stopRunning();
    const { startMirror } = await import("./running-mirror.ts");
    const { userId } = signedIn.account;
    const device = (await kept.device(userId)) ?? (await newDevice(userId));
    deviceId = device.deviceId;
    running = await startMirror({
      ...{ cloud: signedIn.cloud, userId, ring, device, store, log: parts.log },
      ...{ name: parts.name, platform: parts.platform, clock: parts.clock },
      ...{ vapid: (await kept.vapid()) ?? (await newVapid()), fetch: parts.pushFetch },
      ...{ random: parts.random, runner: parts.runner, isIdle: parts.isIdle },
      onState(now) {
        state = now;
        tell();
      },
      onFiles: tellOf,
      onTrouble: (error) => parts.trouble(`mirror: ${AetheriaError.toData(error).message}`),
    });
  }

  async function newDevice(userId: string) {
    const { newStoredSigningKeys } = await import("../../cloud/signer.ts");
    const device = {
      ...{ userId, deviceId: DeviceId.parse(parts.newId()) },
      signing: await newStoredSigningKeys(),
    };
    await kept.saveDevice(device);
    return device;
  }

  async function newVapid() {
    const { newVapidKeys } = await import("./push-messages.ts");
    const keys = await newVapidKeys();
    await kept.saveVapid(keys);
    return keys;
  }

  const here = (): SignedIn => {
    if (!signedIn) throw noCloud();
    return signedIn;
  };
  const working = (): RunningMirror => {
    here();
    if (!running) throw locked();
    return running;
  };

  async function keepRing(ring: KeyRing, passphrase: string): Promise<void> {
    const { wrap } = await import("../../cloud/key-ring.ts");
    const { account, cloud } = here();
    await cloud.server.saveKeys(await wrap(ring, passphrase), asking());
    await kept.saveRing(account.userId, ring);
    key = "ready";
    await start(ring);
    tell();
  }

  async function signIn(next: Project, enter: (cloud: Cloud) => Promise<MirrorAccount | null>) {
    const opened = await openCloudOf(next);
    const account = await enter(opened);
    await kept.saveProject(next);
    if (account === null) throw confirmFirst();
    await adopt({ cloud: opened, account });
    return status();
  }

  return {
    status,
    /** Takes the mirror up again where it was; asks nobody when it never was. */
    open: () =>
      inTurn(async () => {
        const next = await kept.project();
        if (!next || isClosed) return;
        const opened = await openCloudOf(next);
        const account = await opened.auth.account();
        if (account) await adopt({ cloud: opened, account });
      }),
    signIn: (next: Project & { email: string; password: string; isNew: boolean }) =>
      inTurn(() =>
        signIn({ url: next.url, anonKey: next.anonKey }, ({ auth }) =>
          next.isNew
            ? auth.signUp(next.email, next.password, parts.callback)
            : auth.signIn(next.email, next.password),
        ),
      ),
    startSignIn: (
      next: Project,
      by: { provider: "google" | "github" | "apple" | "azure" } | { email: string },
    ) =>
      inTurn(async () => {
        const { auth } = await openCloudOf(next);
        await kept.saveProject(next);
        if ("provider" in by) return { open: await auth.startOAuth(by.provider, parts.callback) };
        await auth.sendMagicLink(by.email, parts.callback);
        return { open: null };
      }),
    finishSignIn: (callback: string) =>
      inTurn(async () => {
        const next = await kept.project();
        if (!next) throw noCloud();
        return signIn(next, ({ auth }) => auth.finish(callback));
      }),
    signOut: () =>
      inTurn(async () => {
        const { cloud: opened } = here();
        await stopRunning();
        await opened.auth.signOut("here");
        await Promise.all([kept.forgetRing(), kept.forgetProject()]);
        await closeCloud();
        [deviceId, usage, problem] = [null, null, null];
        tell();
        return status();
      }),
    deleteCloud: () =>
      inTurn(async () => {
        const { cloud: opened } = here();
        await stopRunning();
        await opened.deleteCloudData(asking());
        store.mirror.restart();
        await Promise.all([kept.forgetRing(), kept.forgetProject()]);
        await closeCloud();
        [deviceId, usage, problem] = [null, null, null];
        tell();
        return status();
      }),
    unlock: (passphrase: string) =>
      inTurn(async () => {
        const { account, cloud: opened } = here();
        const { newKeyRing, unwrap } = await import("../../cloud/key-ring.ts");
        const row = await opened.server.keys(asking());
        if (row === null) await keepRing(newKeyRing(), passphrase);
        else {
          const ring = await unwrap(row, passphrase);
          await kept.saveRing(account.userId, ring);
          key = "ready";
          await start(ring);
          tell();
        }
        return status();
      }),
    rotateKey: (passphrase: string) =>
      inTurn(async () => {
        const ring = await kept.ring(here().account.userId);
        if (!ring) throw locked();
        const { rotated } = await import("../../cloud/key-ring.ts");
        await keepRing(rotated(ring), passphrase);
        return status();
      }),
    async link(companion: string) {
      const { account } = here();
      const ring = await kept.ring(account.userId);
      if (!ring) throw locked();
      const { linkAddress } = await import("../../cloud/link-code.ts");
      const { url, anonKey, email } = account;
      return { link: linkAddress(companion, { v: 1, url, anonKey, email, keys: ring.keys }) };
    },
    devices: async () => ({ devices: await working().devices(asking()) }),
    async revokeDevice(id: DeviceId) {
      await here().cloud.server.revokeDevice(id, asking());
    },
    choose(sessionId: SessionId, choice: Parameters<typeof store.mirror.save>[1]["choice"]) {
      store.mirror.save(sessionId, { choice: choice ?? null });
      running?.engine.changed(sessionId);
      tellOf(sessionId);
    },
    /** Settings changed what is mirrored where nothing else was chosen. */
    choicesChanged: () => running?.engine.wake(),
    async session(sessionId: SessionId) {
      const { choice, checkpoint } = store.mirror.record(sessionId);
      // Whoever waits for the server already is not made to wait for it once more.
      const asks = running?.engine.state().error === null;
      const files = running ? await running.files.places(sessionId, asks, asking()) : [];
      return { choice, as: parts.log.choice(sessionId), mirroredSeq: checkpoint, files };
    },
    async fetchFile(sessionId: SessionId, sha256: string) {
      await working().files.fetch(sessionId, sha256, AbortSignal.timeout(parts.fetchMs));
      tellOf(sessionId);
    },
    async retry() {
      if (running) running.engine.wake();
      else await inTurn(lookForKey);
    },
    async test(): Promise<{ checks: Check[] }> {
      return { checks: await testMirror(here().cloud.server, running?.sealer ?? null, asking()) };
    },
    /** Asks what the account holds, and tells. While the server is away, it keeps what it knew. */
    async measure(): Promise<void> {
      if (!signedIn || key !== "ready") return;
      const found = await signedIn.cloud.server.usage(asking()).catch(() => null);
      if (found === null || !signedIn || sameUsage(found, usage)) return;
      usage = found;
      tell();
    },
    /** A session's summary changed: perhaps a device that is closed wants to know. */
    summaryChanged(summary: SessionSummary): void {
      const message = running && parts.log.choice(summary.sessionId) !== "none" && news(summary);
      if (!message || !running) return;
      running
        .push(message)
        .catch((error: unknown) => parts.trouble(AetheriaError.toData(error).message));
    },
    appended: (sessionId: SessionId) => running?.engine.changed(sessionId),
    grown: (sessionId: SessionId) => running?.engine.openChanged(sessionId),
    rested: (sessionId: SessionId) => running?.rested(sessionId),
    /** The net may be back. */
    wake: () => running?.engine.wake(),
    async close(): Promise<void> {
      isClosed = true;
      await inTurn(closeCloud);
    },
  };
}

const sameUsage = (a: Usage, b: Usage | null): boolean =>
  a.events === b?.events && a.storedBytes === b.storedBytes;
const locked = () =>
  new AetheriaError("locked", "The account's key is not on this computer.", {
    hint: "Enter its passphrase under Connections → Mirror.",
  });
const confirmFirst = () =>
  new AetheriaError("unauthorized", "The account is made; its e-mail address is to be confirmed.", {
    hint: "Open the link in the mail that was just sent, then sign in.",
  });
