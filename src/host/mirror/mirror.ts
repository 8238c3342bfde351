// The mirror of this host: who is signed in, whether the account's key is here, and the engine while both
// are. Everything else of Aetheria works without it; nothing of it is loaded before somebody signs in.
import { AetheriaError, type ErrorData } from "../../contract/errors.ts";
import { DeviceId, type SessionId } from "../../contract/ids.ts";
import type { KeyRing, MirrorStatus } from "../../contract/mirror.ts";
import type { Push } from "../../contract/calls.ts";
import type { SessionSummary } from "../../contract/session.ts";
import type { Check } from "../../contract/system.ts";
import type { SupabaseSetup } from "../../cloud/open-supabase.ts";
import type { HostMirrorState } from "../../core/mirror/host-mirror.ts";
import type { CommandRunner, MirrorLog } from "../../core/mirror/ports.ts";
import type { Clock, Store } from "../../core/ports.ts";
import { createAccountKeys, locked } from "./account-keys.ts";
import { asking, createMirroredSessions } from "./mirrored-sessions.ts";
import { testMirror } from "./mirror-test.ts";
import type { MirrorFiles } from "./mirror-files.ts";
import { createMirrorSecrets, type Project, type Secrets } from "./mirror-secrets.ts";
import { createPushNews } from "./push-messages.ts";
import type { RunningMirror } from "./running-mirror.ts";
import type { WayBack } from "./way-back.ts";
import { createSignIn, type SignedIn, type SignInProvider } from "./sign-in.ts";

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
  wayBack: WayBack;
  broadcast(push: Push): void;
  trouble(line: string): void;
};

export type Mirror = ReturnType<typeof createMirror>;

const off: HostMirrorState = {
  ...{ phase: "off", waitingEvents: 0, lagMs: 0, error: null, retryAt: null },
};

export function createMirror(parts: MirrorParts) {
  const { store, broadcast } = parts;
  const kept = createMirrorSecrets(parts.secrets);
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

  const signIn = createSignIn({
    ...{ kept, fetch: parts.fetch, webSocket: parts.webSocket, wayBack: parts.wayBack, finish },
    async closing() {
      await stopRunning();
      key = "unknown";
    },
  });
  const keys = createAccountKeys(kept);
  const news = createPushNews(parts.clock.now);

  function status(): MirrorStatus {
    const { phase, waitingEvents, lagMs, error, retryAt } = running?.engine.state() ?? state;
    const own = signIn.current()?.account ?? null;
    const account = own && { url: own.url, anonKey: own.anonKey, email: own.email };
    return {
      ...{ account, key, deviceId, phase, waitingEvents, lagMs, retryAt, usage },
      error: error ?? running?.filesProblem() ?? problem,
    };
  }

  function tell(): void {
    if (!isClosed) broadcast({ type: "mirror.changed", status: status() });
  }

  async function stopRunning(): Promise<void> {
    await running?.close();
    running = null;
    state = off;
  }

  async function adopt({ account }: SignedIn): Promise<MirrorStatus> {
    const before = await kept.device(account.userId);
    // Another account has nothing of what was sent to the one before.
    if (before === null) store.mirror.restart();
    await lookForKey();
    return status();
  }

  async function leave(last: (signedIn: SignedIn) => Promise<void>): Promise<MirrorStatus> {
    const signedIn = signIn.here();
    await stopRunning();
    await last(signedIn).catch(async (error: unknown) => {
      await lookForKey();
      throw error;
    });
    await Promise.all([kept.forgetRing(), kept.forgetProject()]);
    await signIn.close();
    [deviceId, usage, problem] = [null, null, null];
    tell();
    return status();
  }

  /** Whether the account has a key, and whether it is here. */
  async function lookForKey(): Promise<void> {
    const signedIn = signIn.current();
    if (!signedIn) return;
    const found = await keys.look(signedIn);
    [key, problem] = [found.key, found.problem];
    if (key === "ready" && found.ring) await start(found.ring);
    else await stopRunning();
    tell();
  }

  /** The key was changed on another device meanwhile: this one asks for the passphrase. */
  async function lockAgain(): Promise<void> {
    const signedIn = signIn.current();
    if (!running || !signedIn || !(await keys.isOutdated(signedIn))) return;
    await stopRunning();
    key = "locked";
    tell();
  }

  /** Taken out of the mirror by another device: only the passphrase makes this one a device again. */
  async function forgetAccount(): Promise<void> {
    if (!running) return;
    problem = running.engine.state().error;
    await stopRunning();
    await Promise.all([kept.forgetRing(), kept.forgetDevice()]);
    store.mirror.restart();
    key = "locked";
    deviceId = null;
    tell();
  }

  async function start(ring: KeyRing): Promise<void> {
    const signedIn = signIn.current();
    if (!signedIn || isClosed) return;
    await stopRunning();
    const { startMirror } = await import("./running-mirror.ts");
    const { userId } = signedIn.account;
    const device = (await kept.device(userId)) ?? (await newDevice(userId));
    deviceId = device.deviceId;
    problem = null;
    running = await startMirror({
      ...{ cloud: signedIn.cloud, userId, ring, device, store, log: parts.log },
      ...{ name: parts.name, platform: parts.platform, clock: parts.clock },
      ...{ fetch: parts.pushFetch },
      ...{ random: parts.random, runner: parts.runner, isIdle: parts.isIdle },
      onState(now) {
        state = now;
        tell();
        if (now.error?.code === "locked") void inTurn(lockAgain);
        if (now.error?.code === "revoked") void inTurn(forgetAccount);
      },
      onFiles: ofSession.tell,
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

  const working = (): RunningMirror => {
    signIn.here();
    if (!running) throw locked();
    return running;
  };

  async function begin(ring: KeyRing): Promise<MirrorStatus> {
    key = "ready";
    await start(ring);
    tell();
    return status();
  }

  function finish(callback: string): Promise<MirrorStatus> {
    return inTurn(async () => adopt(await signIn.finish(callback)));
  }

  const ofSession = createMirroredSessions({
    ...{ store, log: parts.log, running: () => running, working },
    broadcast: (push) => !isClosed && broadcast(push),
  });

  return {
    status,
    ofSession,
    /** Takes the mirror up again where it was; asks nobody when it never was. */
    open: () =>
      inTurn(async () => {
        const signedIn = isClosed ? null : await signIn.resume();
        if (signedIn) await adopt(signedIn);
      }),
    signIn: (next: Project & { email: string; password: string; isNew: boolean }) =>
      inTurn(async () => adopt(await signIn.byPassword(next))),
    startSignIn: (next: Project, by: { provider: SignInProvider } | { email: string }) =>
      inTurn(async () => ({ open: await signIn.start(next, by) })),
    finishSignIn: finish,
    setPassword: (password: string) => inTurn(() => signIn.here().cloud.auth.setPassword(password)),
    signOut: (where: "here" | "everywhere") =>
      inTurn(() => leave(({ cloud }) => cloud.auth.signOut(where))),
    deleteCloud: () =>
      inTurn(() =>
        leave(async ({ cloud }) => {
          await cloud.deleteCloudData(asking());
          store.mirror.restart();
        }),
      ),
    unlock: (passphrase: string) =>
      inTurn(async () => begin(await keys.unlock(signIn.here(), passphrase))),
    rotateKey: (passphrase: string) =>
      inTurn(async () => begin(await keys.rotate(signIn.here(), passphrase))),
    async link(companion: string) {
      const signedIn = signIn.here();
      const ring = await keys.ringOf(signedIn);
      const { linkAddress } = await import("../../cloud/link-code.ts");
      const { url, anonKey, email } = signedIn.account;
      return { link: linkAddress(companion, { v: 1, url, anonKey, email, keys: ring.keys }) };
    },
    devices: async () => ({ devices: await working().devices(asking()) }),
    async revokeDevice(id: DeviceId) {
      await signIn.here().cloud.server.revokeDevice(id, asking());
    },
    /** Settings changed what is mirrored where nothing else was chosen. */
    choicesChanged: () => running?.engine.wake(),
    async retry() {
      if (running) {
        running.engine.wake();
        running.retryFiles();
      } else await inTurn(lookForKey);
    },
    async test(): Promise<{ checks: Check[] }> {
      return {
        checks: await testMirror(signIn.here().cloud.server, running?.sealer ?? null, asking()),
      };
    },
    /** Asks what the account holds, and tells. While the server is away, it keeps what it knew. */
    async measure(): Promise<void> {
      const signedIn = signIn.current();
      if (!signedIn || key !== "ready") return;
      running?.engine.recount();
      const found = await signedIn.cloud.server.usage(asking()).catch(() => null);
      if (!found || !signIn.current() || JSON.stringify(found) === JSON.stringify(usage)) return;
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
      await inTurn(signIn.close);
    },
  };
}
