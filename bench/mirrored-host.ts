// What the benches of the mirror stand on: the built `aetheria serve` as a process of its own, signed in
// at a Supabase-compatible gateway over a real PostgreSQL. The gateway runs in the bench's own process.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectSocket } from "../src/cli/connect-socket.ts";
import type { MirrorStatus } from "../src/contract/mirror.ts";
import type { Store } from "../src/core/ports.ts";
import { openStore } from "../src/host/store/store.ts";
import type { Client } from "../src/rpc/client.ts";
import { spawnCli, type SpawnedCli } from "../src/testing/spawned-cli.ts";
import type { Supabase } from "../src/testing/supabase/start-supabase.ts";

export const account = { email: "bench@example.com", password: "correct horse" };
const passphrase = "battery staple 4711";
const program = join(import.meta.dirname, "..", "out", "cli.js");
const without = { stepsPerRun: 0, tokensPerRun: 0, minutesPerRun: 0, usdPerRun: 0, usdPerDay: 0 };

/** A data folder, and the host on it while one runs. */
export class BenchHost {
  readonly dataDir: string;
  readonly #home = mkdtempSync(join(tmpdir(), "aetheria-mirror-bench-"));
  readonly #env: Record<string, string>;
  #cli: SpawnedCli | null = null;
  #client: Client | null = null;
  url = "";
  token = "";

  /** `modelUrl`: of an OpenAI-compatible server. */
  constructor(modelUrl = "http://127.0.0.1:1/v1") {
    if (!existsSync(program)) throw new Error("Build first: npm run build");
    this.dataDir = join(this.#home, "data");
    this.#env = { OPENAI_API_KEY: "bench", OPENAI_BASE_URL: modelUrl };
  }

  get client(): Client {
    if (!this.#client) throw new Error("The host does not run.");
    return this.#client;
  }

  get pid(): number {
    return this.#cli?.child.pid ?? 0;
  }

  async start(): Promise<void> {
    const args = ["serve", "--json", "--port", "0", "--data", this.dataDir];
    const cli = spawnCli(args, { home: this.#home, env: this.#env, program });
    this.#cli = cli;
    await cli.said('"ready"');
    const ready = cli.lines().find(({ type }) => type === "ready");
    this.url = String(ready?.["url"]);
    this.token = String(ready?.["token"]);
    this.#client = await connectSocket(this.url, this.token);
  }

  /** As a new account; with the key, so that the mirror begins. */
  async signIn(
    { url, anonKey }: Pick<Supabase, "url" | "anonKey">,
    email = account.email,
  ): Promise<void> {
    await this.client.call("settings.set", {
      ...{ guided: true, allowedPrivateHosts: [new URL(url).host], budgets: without },
      model: { provider: "openai", name: "bench" },
    });
    await this.client.call("mirror.signIn", { url, anonKey, ...account, email, isNew: true });
    await this.client.call("mirror.unlock", { passphrase });
  }

  /** Resolves with the first status that fits, the present one included. */
  async mirrorIs(fits: (status: MirrorStatus) => boolean): Promise<MirrorStatus> {
    const { client } = this;
    let stop = (): void => undefined;
    const told = new Promise<MirrorStatus>((resolve) => {
      stop = client.onPush((push) => {
        if (push.type === "mirror.changed" && fits(push.status)) resolve(push.status);
      });
    });
    const now = await client.call("mirror.status", {});
    const status = fits(now) ? now : await told;
    stop();
    return status;
  }

  async stop(): Promise<void> {
    this.#client?.close();
    this.#cli?.child.kill("SIGTERM");
    await this.#cli?.ended;
    [this.#cli, this.#client] = [null, null];
  }

  /** While no host runs. */
  fill(work: (store: Store) => void): void {
    const { dataDir } = this;
    const store = openStore({ dataDir, clock: { now: Date.now }, log: console.error });
    work(store);
    store.close();
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.#home, { recursive: true, force: true, maxRetries: 10 });
  }
}

export const isUpToDate = ({ phase }: MirrorStatus): boolean => phase === "up_to_date";
