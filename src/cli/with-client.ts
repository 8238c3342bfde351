// Opens a client for the time of one piece of work and always lets go of it again.
import type { CommandContext, OpenedClient } from "./command.ts";

export async function withClient<Result>(
  { parts, dataDir, io }: Pick<CommandContext, "parts" | "dataDir" | "io">,
  work: (opened: OpenedClient) => Promise<Result>,
): Promise<Result> {
  const opened = await parts.openClient({ dataDir, env: io.env });
  try {
    return await work(opened);
  } finally {
    await opened.close();
  }
}
