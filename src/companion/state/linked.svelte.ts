// What this device is linked to, and the source of it: another link is another source. Made once at the
// root.
import { getContext, setContext } from "svelte";
import { AetheriaError, type ErrorData } from "../../contract/errors.ts";
import type { Vault } from "../cache/vault.ts";
import type { Source } from "../source/source.ts";
import { saveLink, type Link } from "./link.ts";
import { openSource } from "./open-source.ts";

const renewWithinMs = 30_000;

export class Linked {
  readonly vault: Vault;
  #link = $state.raw<Link | null>(null);
  #source = $state.raw<Source | null>(null);
  #problem = $state.raw<ErrorData | null>(null);
  #before: Link | null = null;

  constructor(vault: Vault, link: Link | null) {
    this.vault = vault;
    if (link) void this.#open(link);
  }

  /** null: the first run. */
  get link(): Link | null {
    return this.#link;
  }
  get source(): Source | null {
    return this.#source;
  }
  /** What it was linked to until the person wanted to come in anew. */
  get before(): Link | null {
    return this.#before;
  }
  /** Why there is no source. */
  get problem(): ErrorData | null {
    return this.#problem;
  }

  async take(link: Link): Promise<void> {
    await Promise.all([this.#open(link), saveLink(this.vault, link)]);
  }

  /** Back to the first run, to come in anew; what this device keeps stays. */
  relink(): void {
    this.#source?.close();
    this.#source = null;
    this.#problem = null;
    this.#before = this.#link;
    this.#link = null;
  }

  /** After the account's key was changed elsewhere. Rejects with why the passphrase does not open it. */
  async renewKeys(passphrase: string): Promise<void> {
    const link = this.#link;
    if (link?.wire !== "mirror") return;
    const { renewKeys } = await import("../mirror/renew-keys.ts");
    await renewKeys(link, this.vault, passphrase, AbortSignal.timeout(renewWithinMs));
    await this.#open(link);
  }

  /** Deletes everything that this device keeps, and the way in. The page is to be loaded anew. */
  async forget(): Promise<void> {
    await this.#source?.leave();
    this.#source?.close();
    await this.vault.destroy();
  }

  async #open(link: Link): Promise<void> {
    this.#source?.close();
    this.#source = null;
    this.#problem = null;
    this.#link = link;
    try {
      this.#source = await openSource(link, this.vault);
    } catch (error) {
      this.#problem = AetheriaError.toData(error);
    }
  }
}

const key = Symbol("linked");

export const provideLinked = (linked: Linked): Linked => setContext(key, linked);
export const linked = (): Linked => getContext<Linked>(key);
