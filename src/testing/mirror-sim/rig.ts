// A host and two companions at one server in fair weather, with time that the test lets pass.
import { DeviceId, SessionId } from "../../contract/ids.ts";
import type { MirrorChoice } from "../../contract/mirror.ts";
import { createFakeMirrorServer } from "../fake-mirror-server.ts";
import { enrol, fastAccount } from "./account.ts";
import { createChance } from "./chance.ts";
import { createSimCompanion } from "./sim-companion.ts";
import { createSimHost } from "./sim-host.ts";
import { createVirtualTime } from "./virtual-time.ts";

export async function openRig() {
  const time = createVirtualTime(Date.UTC(2026, 0, 1));
  const account = fastAccount();
  const user = createFakeMirrorServer(time.now).newUser();
  const world = { time, chance: createChance(1), user, account };
  const signers = await Promise.all(
    ["host", "phone-1", "phone-2"].map((name) => account.signer(DeviceId.parse(name))),
  );
  const [hostSigner, oneSigner, twoSigner] = signers;
  const [sealer] = account.sealers;
  if (!hostSigner || !oneSigner || !twoSigner || !sealer) throw new Error("rig: no signers");
  for (const signer of signers)
    await enrol(user.tables, sealer, signer, signer === hostSigner ? "host" : "companion");
  const host = createSimHost(world, hostSigner);
  const sessionId = SessionId.parse("session-1");
  return {
    ...{ time, account, tables: user.tables, user, host, sessionId },
    phone: createSimCompanion(world, oneSigner),
    other: createSimCompanion(world, twoSigner),
    /** A session with so many renamings after its creation. */
    create(events: number, choice: MirrorChoice = "all", id = sessionId): void {
      host.disk.create(id, choice, "zebra");
      this.rename(events, id);
    },
    rename(events: number, id = sessionId): void {
      const rename = (title: string) =>
        ({ type: "session.renamed", data: { title, by: "agent" } }) as const;
      host.disk.append(
        id,
        Array.from({ length: events }, (_, at) => rename(`zebra ${at}`)),
      );
    },
    /** What the server has of a session, opened. */
    async opened(id = sessionId): Promise<string[]> {
      const rows = user.tables.events(id, { from: 0, limit: 1_000_000 });
      const newest = account.sealers.at(-1) ?? sealer;
      return Promise.all(
        rows.map((row) => newest.open("event", [id, row.seq], row.generation, row.payload)),
      );
    },
    local: (id = sessionId): string[] =>
      host.disk.sessions.get(id)?.events.map((event) => JSON.stringify(event)) ?? [],
  };
}
