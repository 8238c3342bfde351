// What models.ts needs from one provider. A provider owns its connection, its list and its models;
// it knows nothing about the other providers or about which model a session uses.
import type { Model } from "../../core/ports.ts";
import type { ModelInfo, ProviderState } from "../../contract/system.ts";

export type Listing = { state: ProviderState; models: ModelInfo[] };

export interface Provider {
  readonly id: string;
  /** Cheap: no network, and the heavy package starts loading in the background. */
  open(name: string): Model;
  /** Never throws: what is wrong is in `state.error`. Answers from memory for a minute unless
   * `refresh`. */
  list(refresh: boolean): Promise<Listing>;
  /** True when using `name` keeps everything on this machine, as far as is known now. */
  isLocal(name: string): boolean;
  /** The next list is asked for afresh. */
  forget(): void;
}

/** Remembers the last answer for `maxAgeMs`; those who ask meanwhile share one question. */
export function remembered<T>(ask: () => Promise<T>, maxAgeMs: number, now: () => number) {
  let last: { at: number; answer: Promise<T> } | undefined;
  return {
    get(refresh: boolean): Promise<T> {
      const age = last === undefined ? Number.POSITIVE_INFINITY : now() - last.at;
      if (last === undefined || refresh || age < 0 || age > maxAgeMs) {
        last = { at: now(), answer: ask() };
      }
      return last.answer;
    },
    forget: () => {
      last = undefined;
    },
  };
}
