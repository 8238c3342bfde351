// The test button: does, one after the other, what the mirror needs of its server, and says where it ends.
import { AetheriaError } from "../../contract/errors.ts";
import type { Check } from "../../contract/system.ts";
import type { MirrorServer, Sealer } from "../../core/mirror/ports.ts";

type Step = { name: string; run(): Promise<string> };

/** Leaves nothing behind. Steps after a failed one are not tried. */
export async function testMirror(
  server: MirrorServer,
  sealer: Sealer | null,
  signal: AbortSignal,
): Promise<Check[]> {
  const steps: Step[] = [
    {
      name: "Server",
      run: async () => {
        await server.usage(signal);
        return "It answers, and knows this account.";
      },
    },
    {
      name: "Key",
      run: async () => {
        const row = await server.keys(signal);
        if (row === null) return "This account has no key yet.";
        return sealer ? "It is here." : "It is on the server, locked by its passphrase.";
      },
    },
    {
      name: "Sealing",
      run: async () => {
        if (!sealer) return "Not tried without the key.";
        const text = "The mirror's own test.";
        const sealed = await sealer.seal("answer", ["test"], text);
        const opened = await sealer.open("answer", ["test"], sealer.generation, sealed);
        if (opened !== text) throw new AetheriaError("internal", "What was sealed did not open.");
        return "What is sealed here opens here.";
      },
    },
    { name: "Live line", run: () => liveLine(server, signal) },
  ];
  const checks: Check[] = [];
  for (const { name, run } of steps) {
    try {
      checks.push({ name, state: "ok", found: await run() });
    } catch (error) {
      const { message, hint } = AetheriaError.toData(error);
      checks.push({ name, state: "failed", found: message, ...(hint ? { fix: hint } : {}) });
      break;
    }
  }
  return checks;
}

function liveLine(server: MirrorServer, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const unwatch = server.watch(null, (news) => {
      if (news.type === "joined") end(() => resolve("Changes are told at once."));
      if (news.type === "left") end(() => reject(new AetheriaError("cloud_unreachable", news.why)));
    });
    const onAbort = () => end(() => reject(signal.reason as Error));
    function end(settle: () => void): void {
      signal.removeEventListener("abort", onAbort);
      unwatch();
      settle();
    }
    signal.addEventListener("abort", onAbort, { once: true });
  });
}
