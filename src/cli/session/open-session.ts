// The session a run happens in: the named one, set as asked, or a new one.
import { AetheriaError } from "../../contract/errors.ts";
import type { SessionId } from "../../contract/ids.ts";
import type { ModelRef } from "../../contract/session.ts";
import type { Client } from "../../rpc/client.ts";

type Wish = {
  /** null: a new one. */
  sessionId: SessionId | null;
  model: ModelRef | undefined;
  workspace: string | undefined;
  cwd: string;
};

/** Throws model_missing before anything is written when nothing could answer. */
export async function openSession(client: Client, wish: Wish): Promise<SessionId> {
  const { sessionId, model, workspace, cwd } = wish;
  if (sessionId === null) {
    if (!model) await requireModel(client);
    const folder = workspace ?? cwd;
    const created = await client.call("session.create", {
      workspace: folder,
      ...(model ? { model } : {}),
    });
    return created.sessionId;
  }
  if (model !== undefined || workspace !== undefined)
    await client.call("session.configure", {
      sessionId,
      ...(model ? { model } : {}),
      ...(workspace === undefined ? {} : { workspace }),
    });
  return sessionId;
}

async function requireModel(client: Client): Promise<void> {
  const { chosen, why } = await client.call("model.list", {});
  if (chosen) return;
  const here = "On the command line, OPENAI_API_KEY or OPENAI_BASE_URL in the environment will do.";
  throw new AetheriaError("model_missing", "There is no model to ask.", { hint: `${why} ${here}` });
}
