// Which look the page has, how large its text is, whether things move. Remembers them on this device;
// a browser that refuses storage only forgets them.

export const themeChoices = ["system", "light", "dark", "contrast"] as const;
export type ThemeChoice = (typeof themeChoices)[number];

function remembered(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // storage is blocked: the default look
  }
}

function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    return; // storage is blocked or full: the choice holds for this page only
  }
}

export class Theme {
  #choice = $state<ThemeChoice>(
    themeChoices.find((choice) => choice === remembered("theme")) ?? "system",
  );

  constructor() {
    this.#show();
  }

  get current(): ThemeChoice {
    return this.#choice;
  }

  set current(choice: ThemeChoice) {
    this.#choice = choice;
    remember("theme", choice);
    this.#show();
  }

  #show(): void {
    document.documentElement.dataset.theme = this.#choice;
  }
}

export const motionChoices = ["system", "reduced"] as const;
export type MotionChoice = (typeof motionChoices)[number];

export class Motion {
  #choice = $state<MotionChoice>(remembered("motion") === "reduced" ? "reduced" : "system");

  constructor() {
    this.#show();
  }

  /** `system`: as the system asks for. */
  get current(): MotionChoice {
    return this.#choice;
  }

  set current(choice: MotionChoice) {
    this.#choice = choice;
    remember("motion", choice);
    this.#show();
  }

  #show(): void {
    document.documentElement.dataset.motion = this.#choice;
  }
}

const largestPercent = 200;
const smallestPercent = 80;

export class TextSize {
  #percent = $state(clamped(Number(remembered("text-percent") ?? 100)));

  constructor() {
    this.#show();
  }

  /** In percent of the browser's own text size, 80 to 200. */
  get current(): number {
    return this.#percent;
  }

  set current(percent: number) {
    this.#percent = clamped(percent);
    remember("text-percent", String(this.#percent));
    this.#show();
  }

  #show(): void {
    document.documentElement.style.fontSize = `${this.#percent}%`;
  }
}

function clamped(percent: number): number {
  return Math.min(largestPercent, Math.max(smallestPercent, percent || 100));
}
