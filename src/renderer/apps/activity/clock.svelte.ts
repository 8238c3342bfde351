// The time of day for what runs right now: one timer, only while somebody looks.

const tickMs = 100;

export class Clock {
  #now = $state(Date.now());

  get now(): number {
    return this.#now;
  }

  /** Ticks until the returned function is called. */
  run(): () => void {
    this.#now = Date.now();
    const timer = setInterval(() => (this.#now = Date.now()), tickMs);
    return () => clearInterval(timer);
  }
}
