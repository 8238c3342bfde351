// One life of a process: everything it does to the outside goes through here, and it can be killed
// before or after any of it. What was done stays done; what was not never happens, and nobody hears of
// either.

export interface Mortal {
  readonly isDead: boolean;
  /** A synchronous step. Throws once it is dead. */
  step<Value>(work: () => Value): Value;
  /** An asynchronous step. Never settles once it is dead. */
  wait<Value>(work: () => Promise<Value>): Promise<Value>;
  /** After so many more steps. */
  dieIn(steps: number): void;
  die(): void;
}

export class Killed extends Error {}

export function createMortal(onDeath: () => void): Mortal {
  let isDead = false;
  let left = Infinity;

  function die(): void {
    if (isDead) return;
    isDead = true;
    onDeath();
  }
  function tick(): void {
    left -= 1;
    if (left <= 0) die();
  }
  const never = <Value>() => new Promise<Value>(() => undefined);

  return {
    get isDead() {
      return isDead;
    },
    step(work) {
      tick();
      if (isDead) throw new Killed("killed before");
      const value = work();
      tick();
      if (isDead) throw new Killed("killed after");
      return value;
    },
    async wait(work) {
      tick();
      if (isDead) return never();
      try {
        const value = await work();
        tick();
        return isDead ? await never() : value;
      } catch (error) {
        tick();
        if (isDead) return never();
        throw error;
      }
    },
    dieIn(steps) {
      left = steps;
    },
    die,
  };
}

/** The same object, each of whose methods is a step of this life. */
export function stepwise<Target extends object>(mortal: Mortal, target: Target): Target {
  return wrapped(target, (call) => mortal.step(call));
}

/** The same object, each of whose methods is an asynchronous step of this life. */
export function waiting<Target extends object>(
  mortal: Mortal,
  target: Target,
  except: readonly (keyof Target)[] = [],
): Target {
  return wrapped(target, (call) => mortal.wait(call as () => Promise<unknown>), except);
}

function wrapped<Target extends object>(
  target: Target,
  through: (call: () => unknown) => unknown,
  except: readonly (keyof Target)[] = [],
): Target {
  const entries = Object.entries(target).map(([name, value]) => {
    const isMethod = typeof value === "function" && !except.includes(name as keyof Target);
    if (!isMethod) return [name, value];
    return [name, (...given: unknown[]) => through(() => value.apply(target, given))];
  });
  return Object.fromEntries(entries) as Target;
}
