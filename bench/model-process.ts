// The streaming server of the benches in a process of its own, so that whoever measures pays nothing
// for it. As a program it serves; as a module it starts that program.
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import * as z from "zod/mini";
import { longAnswer } from "./long-answer.ts";
import { openStreamingServer } from "./streaming-server.ts";

const Pace = z.object({
  /** Of one answer. */
  tokens: z.number(),
  /** 0: as fast as the host takes them. */
  tokensPerSecond: z.number(),
});
export type Pace = z.infer<typeof Pace>;

const Address = z.object({ url: z.string() });
/** As much text as a token of English holds. */
const charactersPerToken = 4;

export interface ModelProcess {
  url: string;
  close(): Promise<void>;
}

export async function openModelProcess(pace: Pace): Promise<ModelProcess> {
  const child = fork(fileURLToPath(import.meta.url), [JSON.stringify(pace)]);
  const [said] = await once(child, "message");
  return {
    url: Address.parse(said).url,
    async close() {
      const gone = once(child, "exit");
      child.kill();
      await gone;
    },
  };
}

/** Another text in each answer. */
function tokensOf({ tokens }: Pace, seed: number): string[] {
  const text = longAnswer(tokens * charactersPerToken + 2_000, seed);
  return (text.match(/[\s\S]{1,4}/g) ?? []).slice(0, tokens);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const pace = Pace.parse(JSON.parse(process.argv[2] ?? ""));
  const everyMs = pace.tokensPerSecond === 0 ? 0 : 1_000 / pace.tokensPerSecond;
  let answers = 0;
  const server = await openStreamingServer((_messages, tools) => {
    // Without tools it is a title or a summary that is asked for.
    if (tools === 0) return { pieces: ["They compared reports."] };
    answers += 1;
    return { pieces: tokensOf(pace, answers % 50), everyMs };
  });
  process.send?.({ url: server.url });
  process.once("disconnect", () => process.exit());
}
