// What happened beside a verb, told with the next answer, each thing once and not without end.
const most = 12;

export type Notes = ReturnType<typeof createNotes>;

export function createNotes() {
  let waiting: string[] = [];
  return {
    add(sentence: string): void {
      if (waiting.includes(sentence)) return;
      if (waiting.length < most) waiting.push(sentence);
    },
    take(): string[] {
      const taken = waiting;
      waiting = [];
      return taken;
    },
  };
}
