// Speaking instead of typing, where the browser can (Web Speech API). What is heard is handed over
// piece by piece; nothing is recorded here.

type Result = { readonly isFinal: boolean; readonly [index: number]: { transcript: string } };
interface Recognition extends EventTarget {
  lang: string;
  continuous: boolean;
  interimResults: boolean;
  start(): void;
  stop(): void;
}
type Heard = Event & { resultIndex: number; results: ArrayLike<Result> };

function recognizer(): (new () => Recognition) | null {
  const found: unknown =
    Reflect.get(globalThis, "SpeechRecognition") ??
    Reflect.get(globalThis, "webkitSpeechRecognition");
  return typeof found === "function" ? (found as new () => Recognition) : null;
}

export class Dictation {
  readonly isOffered = recognizer() !== null;
  #current: Recognition | null = null;
  #isOn = $state(false);

  get isOn(): boolean {
    return this.#isOn;
  }

  /** `hear` gets all that was said since the beginning, each time it changes. */
  start(language: string, hear: (text: string) => void, fail: () => void): void {
    const Maker = recognizer();
    if (!Maker || this.#isOn) return;
    const recognition = new Maker();
    recognition.lang = language;
    recognition.continuous = true;
    recognition.interimResults = true;
    recognition.addEventListener("result", (event) => {
      const { results } = event as Heard;
      hear(
        Array.from(results, (result) => result[0]?.transcript.trim() ?? "")
          .filter((piece) => piece !== "")
          .join(" "),
      );
    });
    recognition.addEventListener("error", (event) => {
      const why = Reflect.get(event, "error");
      if (why !== "no-speech" && why !== "aborted") fail();
    });
    recognition.addEventListener("end", () => {
      if (this.#current === recognition) this.#isOn = false;
    });
    this.#current = recognition;
    this.#isOn = true;
    recognition.start();
  }

  stop(): void {
    this.#current?.stop();
    this.#isOn = false;
  }
}
