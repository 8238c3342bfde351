// Where the replay is, and its going forward. Knows the time line only; draws nothing.
import { momentAt, type Timeline } from "../../../core/session/activity-time.ts";

export const speeds = ["1", "2", "5", "max"] as const;
export type Speed = (typeof speeds)[number];

export class Replay {
  readonly #timeline: () => Timeline;
  #playedMs = $state<number | null>(null);
  #isPlaying = $state(false);
  #speed = $state<Speed>("1");
  #frame = 0;

  constructor(timeline: () => Timeline) {
    this.#timeline = timeline;
  }

  /** Milliseconds of playing at 1×; null: not a replay, but now. */
  get playedMs(): number | null {
    return this.#playedMs;
  }
  get isPlaying(): boolean {
    return this.#isPlaying;
  }
  get isOn(): boolean {
    return this.#playedMs !== null;
  }
  get isAtEnd(): boolean {
    return this.#playedMs !== null && this.#playedMs >= this.#timeline().totalMs;
  }
  get speed(): Speed {
    return this.#speed;
  }
  set speed(speed: Speed) {
    this.#speed = speed;
  }

  /** From the beginning, or on from where it was paused. */
  play(): void {
    if (this.#playedMs === null || this.isAtEnd) this.#playedMs = 0;
    this.#isPlaying = true;
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame((at) => this.#run(at));
  }

  pause(): void {
    if (!this.#isPlaying) return;
    this.#isPlaying = false;
    cancelAnimationFrame(this.#frame);
  }

  seek(playedMs: number): void {
    this.pause();
    this.#playedMs = Math.min(this.#timeline().totalMs, Math.max(0, playedMs));
  }

  /** To the next moment, or the one before. */
  step(by: 1 | -1): void {
    const timeline = this.#timeline();
    const last = timeline.starts.length - 1;
    const now = momentAt(timeline, this.#playedMs ?? timeline.totalMs);
    this.seek(timeline.starts[Math.min(last, Math.max(0, now + by))] ?? 0);
  }

  leave(): void {
    this.pause();
    this.#playedMs = null;
  }

  #run(before: number): void {
    this.#frame = requestAnimationFrame((at) => {
      this.#playedMs = this.#after(Math.max(0, at - before));
      if (this.isAtEnd) this.#isPlaying = false;
      else this.#run(at);
    });
  }

  #after(passedMs: number): number {
    const timeline = this.#timeline();
    const played = this.#playedMs ?? 0;
    if (this.#speed !== "max")
      return Math.min(timeline.totalMs, played + passedMs * Number(this.#speed));
    return timeline.starts[momentAt(timeline, played) + 1] ?? timeline.totalMs;
  }
}
