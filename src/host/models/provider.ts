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

/** Remembers the last answer for `maxAgeMs`; those who ask meanwhile share one question. An older
 * answer that is good still serves, while the next one is fetched: nobody waits for a list before
 * their first word. */
export function remembered<T>(
  ask: () => Promise<T>,
  options: { maxAgeMs: number; now: () => number; isGood: (answer: T) => boolean },
) {
  let last: { at: number; answer: Promise<T> } | undefined;
  let good: T | undefined;
  const start = (): Promise<T> => {
    const answer = ask();
    const mine = { at: options.now(), answer };
    last = mine;
    void answer.then((got) => {
      if (last === mine) good = options.isGood(got) ? got : undefined;
    }, ignore);
    return answer;
  };
  return {
    get(refresh: boolean): Promise<T> {
      if (last === undefined || refresh) return start();
      const age = options.now() - last.at;
      if (age >= 0 && age <= options.maxAgeMs) return last.answer;
      const fresh = start();
      return good === undefined ? fresh : Promise.resolve(good);
    },
    forget: () => {
      last = undefined;
      good = undefined;
    },
  };
}

/** Whoever awaits the answer gets its error. */
const ignore = () => undefined;
