// Does what `destinations.ts` says: the steps of the page towards where main wants the person.
import type { Destination } from "../../contract/desktop.ts";
import type { AppState } from "../client/app-state.svelte.ts";
import { stepTo } from "./destinations.ts";

export function followDestination(app: AppState, to: Destination): void {
  const { place } = app;
  const step = stepTo(to);
  switch (step.do) {
    case "show":
      if (step.seq === null) app.show(step.sessionId);
      else app.showAt(step.sessionId, step.seq);
      return place.goTo(step.app);
    case "compose":
      return void app.attempt(() => compose(app, step.draft));
    case "settings":
      return place.openSettings(step.section ?? place.section);
    case "finishSignIn": {
      const { callback } = step;
      place.goTo("connections");
      return void app.attempt(() => app.connection.call("mirror.finishSignIn", { callback }));
    }
    case "search":
      return place.search(true);
    case "askToImport":
      return place.ask({ kind: "import", name: step.name, text: step.text });
  }
}

/** The draft waits in the composer of the new session until the person sends it. */
async function compose(app: AppState, draft: string | null): Promise<void> {
  const { sessionId } = await app.connection.call("session.create", {});
  if (draft !== null) app.drafts.save(sessionId, draft);
  app.show(sessionId);
}
