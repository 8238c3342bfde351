// Joins the mirror to the sessions, the store, the way out and the keychain; and the contract's mirror.*.
import { hostname } from "node:os";
import type { Push } from "../contract/calls.ts";
import type { SessionId } from "../contract/ids.ts";
import type { Store } from "../core/ports.ts";
import type { Handlers } from "../rpc/server.ts";
import type { Egress } from "./egress/egress.ts";
import { createCommandRunner } from "./mirror/command-runner.ts";
import { createMirrorLog } from "./mirror/mirror-log.ts";
import { createMirror } from "./mirror/mirror.ts";
import type { Secrets } from "./mirror/mirror-secrets.ts";
import { createLoopbackWayBack, wayBackByLink } from "./mirror/way-back.ts";
import type { Sessions } from "./sessions/sessions.ts";
import { clock, describe, ids, platformName } from "./system-parts.ts";

type MirrorCalls = Pick<Handlers, Extract<keyof Handlers, `mirror.${string}`>>;

type Needs = {
  store: Store;
  secrets: Secrets;
  egress: Egress;
  sessions(): Sessions;
  calls(): Pick<Handlers, "session.send" | "session.stop" | "session.rename" | "approval.answer">;
  /** The system opens aetheria:// links with this program. */
  hasLinks: boolean;
  broadcast(push: Push): void;
  log(line: string): void;
};

const bringMs = 120_000;

export function createMirrorParts(needs: Needs) {
  const { store, egress, sessions } = needs;
  // A project on the person's own network is meant.
  const way = { allowPrivate: true };
  const runOf = (sessionId: SessionId) => {
    const summary = store.session(sessionId);
    return summary ? (sessions().live(sessionId).transcript().run?.runId ?? null) : null;
  };
  const mirror = createMirror({
    ...{ store, clock, secrets: needs.secrets, random: Math.random, newId: ids.next },
    log: createMirrorLog(store, (sessionId) => sessions().open(sessionId)),
    fetch: egress.fetch("mirror", way),
    pushFetch: egress.fetch("push"),
    webSocket: async () => (await egress.webSocket("mirror", way)) as never,
    runner: (files) =>
      createCommandRunner({
        ...{ store, runOf, calls: needs.calls() },
        append: (sessionId, event) => void sessions().live(sessionId).append([event], "full"),
        bring: (file) => files.bring(file, AbortSignal.timeout(bringMs)),
      }),
    isIdle: (sessionId) => store.session(sessionId)?.phase !== "running",
    ...{ name: hostname(), platform: platformName() },
    wayBack: needs.hasLinks ? wayBackByLink : createLoopbackWayBack(),
    broadcast: needs.broadcast,
    trouble: needs.log,
  });

  const done = async (work: void | Promise<void>) => {
    await work;
    return {};
  };
  const calls: MirrorCalls = {
    "mirror.status": () => {
      // Who asks for it looks at it; local answers wait for no server.
      void mirror.measure();
      return mirror.status();
    },
    "mirror.signIn": (input) => mirror.signIn(input),
    "mirror.startSignIn": ({ url, anonKey, by }) => mirror.startSignIn({ url, anonKey }, by),
    "mirror.finishSignIn": ({ callback }) => mirror.finishSignIn(callback),
    "mirror.setPassword": ({ password }) => done(mirror.setPassword(password)),
    "mirror.signOut": ({ everywhere }) => mirror.signOut(everywhere ? "everywhere" : "here"),
    "mirror.deleteCloud": () => mirror.deleteCloud(),
    "mirror.unlock": ({ passphrase }) => mirror.unlock(passphrase),
    "mirror.rotateKey": ({ passphrase }) => mirror.rotateKey(passphrase),
    "mirror.link": ({ companion }) => mirror.link(companion),
    "mirror.devices": () => mirror.devices(),
    "mirror.revokeDevice": ({ deviceId }) => done(mirror.revokeDevice(deviceId)),
    "mirror.choose": ({ sessionId, choice }) => done(mirror.ofSession.choose(sessionId, choice)),
    "mirror.session": ({ sessionId }) => mirror.ofSession.session(sessionId),
    "mirror.fetchFile": ({ sessionId, sha256 }) =>
      done(mirror.ofSession.fetchFile(sessionId, sha256, AbortSignal.timeout(bringMs))),
    "mirror.retry": () => done(mirror.retry()),
    "mirror.test": () => mirror.test(),
  };
  return {
    ...{ mirror, calls },
    /** Takes it up again where it was. What goes wrong is in its status. */
    open: () =>
      void mirror.open().catch((error: unknown) => needs.log(`mirror: ${describe(error)}`)),
  };
}
