// Which model and mode count right now: the open session's own, else what the settings say.
import type { ModelRef, PermissionMode } from "../../../contract/session.ts";
import type { ModelInfo } from "../../../contract/system.ts";
import type { AppState } from "../../client/app-state.svelte.ts";

/** null: chosen automatically. */
export const ownModel = ({ open, host }: AppState): ModelRef | null =>
  open ? open.view.model : host.settings.model;

export const currentMode = ({ open, host }: AppState): PermissionMode =>
  open?.loaded ? open.view.mode : host.settings.mode;

export async function setModel(app: AppState, model: ModelRef | null): Promise<void> {
  const sessionId = app.open?.sessionId;
  if (sessionId) await app.connection.call("session.configure", { sessionId, model });
  else {
    await app.host.set({ model });
    await app.host.loadModels(false);
  }
}

export async function setMode(app: AppState, mode: PermissionMode): Promise<void> {
  const sessionId = app.open?.sessionId;
  if (sessionId) await app.connection.call("session.configure", { sessionId, mode });
  else await app.host.set({ mode });
}

export const refKey = ({ provider, name }: ModelRef): string => `${provider}/${name}`;

export function infoOf(app: AppState, ref: ModelRef | null): ModelInfo | undefined {
  if (!ref) return undefined;
  return app.host.models.models.find((model) => refKey(model.ref) === refKey(ref));
}
