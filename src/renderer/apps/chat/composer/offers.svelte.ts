// What the composer offers for the text at the caret, and which entry the keys have chosen.
import type { SessionId } from "../../../../contract/ids.ts";
import type { ToolDescription } from "../../../../contract/tool.ts";
import type { AppState } from "../../../client/app-state.svelte.ts";
import { FileText, type Icon } from "../../../ui/icons.ts";
import { familyIcon } from "../../../ui/family-icon.ts";
import { matchingTools, triggerAt, type Trigger } from "./suggest.ts";

type Offer = { id: string; label: string; detail: string; icon: Icon };

const maxFiles = 20;

export class Offers {
  readonly #app: AppState;
  readonly #sessionId: SessionId | null;
  #trigger = $state.raw<Trigger | null>(null);
  #entries = $state.raw<readonly Offer[]>([]);
  #active = $state(0);
  /** Counts looks: answers to older ones come too late. */
  #looks = 0;

  constructor(app: AppState, sessionId: SessionId | null) {
    this.#app = app;
    this.#sessionId = sessionId;
  }

  get trigger(): Trigger | null {
    return this.#trigger;
  }
  get isOpen(): boolean {
    return this.#trigger !== null;
  }
  get entries(): readonly Offer[] {
    return this.#entries;
  }
  get active(): number {
    return this.#active;
  }

  none(sentences: { noTool: string; noFile: string; noWorkspace: string }): string {
    if (this.#trigger?.kind === "tool") return sentences.noTool;
    return this.#sessionId === null ? sentences.noWorkspace : sentences.noFile;
  }

  look(text: string, caret: number): void {
    const trigger = triggerAt(text, caret);
    const look = ++this.#looks;
    if (trigger?.query !== this.#trigger?.query) this.#active = 0;
    if (!trigger || trigger.kind === "tool") {
      this.#entries = trigger ? this.#toolOffers(trigger.query) : [];
      this.#trigger = trigger;
      return;
    }
    void this.#fileOffers(trigger.query).then((found) => {
      if (look !== this.#looks) return;
      this.#entries = found;
      this.#trigger = trigger;
    });
  }

  close(): void {
    this.#looks += 1;
    this.#trigger = null;
    this.#entries = [];
  }

  toolNamed(name: string): ToolDescription | null {
    if (this.#trigger?.kind !== "tool") return null;
    return this.#app.host.tools.find((tool) => tool.name === name) ?? null;
  }

  /** True when the key was meant for the list. */
  key(name: string, choose: (id: string) => void): boolean {
    const { length } = this.#entries;
    if (name === "Escape") {
      this.close();
      return true;
    }
    if (length === 0) return false;
    if (name === "ArrowDown") this.#active = (this.#active + 1) % length;
    else if (name === "ArrowUp") this.#active = (this.#active + length - 1) % length;
    else if (name === "Enter" || name === "Tab") choose(this.#entries[this.#active]?.id ?? "");
    else return false;
    return true;
  }

  #toolOffers(query: string): Offer[] {
    return matchingTools(this.#app.host.tools, query).map((tool) => ({
      id: tool.name,
      label: tool.title,
      detail: tool.description,
      icon: familyIcon(tool.family),
    }));
  }

  async #fileOffers(query: string): Promise<Offer[]> {
    const sessionId = this.#sessionId;
    if (sessionId === null) return [];
    const input = { sessionId, query, limit: maxFiles };
    const found = await this.#app.connection.call("file.find", input).catch(() => ({ paths: [] }));
    return found.paths.map((path) => ({ id: path, label: path, detail: "", icon: FileText }));
  }
}
