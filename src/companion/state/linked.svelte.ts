// What this device is linked to, and the source of it: another link is another source. Made once at the
// root.
import { getContext, setContext } from "svelte";
import { AetheriaError, type ErrorData } from "../../contract/errors.ts";
import type { Vault } from "../cache/vault.ts";
import type { Source } from "../source/source.ts";
import { saveLink, type Link } from "./link.ts";
import { openSource } from "./open-source.ts";

export class Linked {
  readonly vault: Vault;
  #link = $state.raw<Link | null>(null);
  #source = $state.raw<Source | null>(null);
  #problem = $state.raw<ErrorData | null>(null);

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
    this.#link = null;
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
