// Where the person is: a tab and a session, in the address's fragment, so that the phone's own "back"
// goes back.
import { SessionId } from "../../contract/ids.ts";

export const tabs = ["chat", "activity", "files", "settings"] as const;
export type Tab = (typeof tabs)[number];

export type Spot = { tab: Tab; sessionId: SessionId | null };

export function readSpot(fragment: string): Spot {
  const [name, id] = fragment.replace(/^#/, "").split("/");
  const tab = tabs.find((one) => one === name) ?? "chat";
  const sessionId = SessionId.safeParse(id && decodeURIComponent(id));
  return { tab, sessionId: sessionId.success ? sessionId.data : null };
}

export const writeSpot = ({ tab, sessionId }: Spot): string =>
  sessionId === null ? `#${tab}` : `#${tab}/${encodeURIComponent(sessionId)}`;

export class Place {
  #spot = $state.raw<Spot>(readSpot(location.hash));

  constructor() {
    addEventListener("popstate", () => (this.#spot = readSpot(location.hash)));
  }

  get tab(): Tab {
    return this.#spot.tab;
  }
  get sessionId(): SessionId | null {
    return this.#spot.sessionId;
  }

  open(sessionId: SessionId, tab: Tab = "chat"): void {
    this.#go({ tab, sessionId });
  }

  /** The chat tab pressed while there leads to all sessions. */
  choose(tab: Tab): void {
    const isLeaving = tab === "chat" && this.#spot.tab === "chat";
    this.#go({ tab, sessionId: isLeaving ? null : this.#spot.sessionId });
  }

  toSessions(): void {
    this.#go({ tab: "chat", sessionId: null });
  }

  #go(spot: Spot): void {
    const address = writeSpot(spot);
    this.#spot = spot;
    if (location.hash !== address) history.pushState(null, "", address);
  }
}
