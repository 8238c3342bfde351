// A question to the supervisor and its answer; null: the line ended instead.
import type { Line } from "./line.ts";

export function ask(line: Line, question: unknown): Promise<unknown> {
  return new Promise((resolve) => {
    const channel = line.open({
      frame: (kind, payload) => {
        if (kind !== "A") return;
        channel.close();
        resolve(JSON.parse(payload.toString()));
      },
      lost: () => resolve(null),
    });
    channel.sendJson("Q", question);
  });
}
