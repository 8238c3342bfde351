// A value that others follow: each hears it at once, and again whenever it changes.

export interface Followed<Value> {
  readonly current: Value;
  set(value: Value): void;
  /** Returns the way to stop. */
  follow(listener: (value: Value) => void): () => void;
}

export function followed<Value>(first: Value): Followed<Value> {
  const listeners = new Set<(value: Value) => void>();
  let current = first;
  return {
    get current() {
      return current;
    },
    set(value) {
      current = value;
      for (const listener of listeners) listener(value);
    },
    follow(listener) {
      listeners.add(listener);
      listener(current);
      return () => listeners.delete(listener);
    },
  };
}
