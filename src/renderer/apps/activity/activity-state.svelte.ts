// What the activity on the screen knows beside the log: what is folded, selected, looked for, and
// where its replay is. While nobody sees it, it follows nothing.
import { getContext, setContext, untrack } from "svelte";
import { SvelteSet } from "svelte/reactivity";
import { activityOf, emptyActivity, type Activity } from "../../../core/session/activity.ts";
import { liveKey, liveNodes } from "../../../core/session/activity-live.ts";
import {
  emptyFilter,
  isFiltering,
  rowsOf,
  stepsOf,
  type ActivityFilter,
  type ActivityRow,
} from "../../../core/session/activity-rows.ts";
import { momentAt, rootsAt, timelineOf } from "../../../core/session/activity-time.ts";
import type { ActivityNode } from "../../../core/session/activity-tree.ts";
import { sumUsage } from "../../../core/session/activity-usage.ts";
import { emptyView, type SessionView } from "../../../core/session/view.ts";
import type { OpenSession } from "../../shared/open-session.svelte.ts";
import { Clock } from "./clock.svelte.ts";
import { Replay } from "./replay.svelte.ts";

/** What it needs of the open session. */
export type ShownSession = Pick<
  OpenSession,
  "view" | "sessionId" | "hasEarlier" | "loadingEarlier" | "error" | "loadEarlier"
>;

export class ActivityState {
  readonly session: ShownSession;
  readonly clock = new Clock();
  readonly replay: Replay = new Replay(() => this.timeline);
  readonly #closed = new SvelteSet<string>();
  #isShown = $state(true);
  #selectedKey = $state<string | null>(null);
  #filter = $state.raw<ActivityFilter>(emptyFilter);
  #seen: SessionView = emptyView;
  #grown: Activity = emptyActivity;

  constructor(session: ShownSession) {
    this.session = session;
  }

  /** As it was when it was last seen, while nobody looks. */
  readonly view: SessionView = $derived.by(() => {
    if (this.#isShown) this.#seen = this.session.view;
    return this.#seen;
  });
  // A token changes the view and none of these, so that it costs no tree.
  readonly #items = $derived(this.view.items);
  readonly #traces = $derived(this.view.traces);
  readonly #runId = $derived(this.view.run?.runId ?? null);
  readonly #live = $derived(liveKey(this.view));

  readonly activity: Activity = $derived.by(() => {
    const run = this.#runId === null ? null : untrack(() => this.view.run);
    this.#grown = activityOf({ items: this.#items, traces: this.#traces, run }, this.#grown);
    return this.#grown;
  });
  readonly timeline = $derived(timelineOf(this.activity.roots));
  /** The moment of the replay; null: now. */
  readonly moment: number | null = $derived(
    this.replay.playedMs === null ? null : momentAt(this.timeline, this.replay.playedMs),
  );
  readonly roots: readonly ActivityNode[] = $derived(
    this.moment === null
      ? this.activity.roots
      : rootsAt(this.activity.roots, this.timeline, this.moment),
  );
  readonly rows: readonly ActivityRow[] = $derived.by(() => {
    const rows = rowsOf(this.roots, { closed: this.#closed, filter: this.#filter });
    return [...rows, ...this.#liveRows()];
  });
  readonly totals = $derived({
    steps: stepsOf(this.roots),
    usage: sumUsage(this.roots.map(({ spent }) => spent)),
  });
  readonly isRunning = $derived(
    this.moment === null &&
      (this.#runId !== null || this.rows.some(({ node }) => node.until === null)),
  );

  #liveRows(): ActivityRow[] {
    const root = this.activity.roots.at(-1);
    const isHidden = this.moment !== null || isFiltering(this.#filter) || !root;
    if (isHidden || this.#live === "" || this.#closed.has(root.key)) return [];
    const nodes = liveNodes(
      untrack(() => this.view),
      this.activity.lastAt,
    );
    return nodes.map((node, index) => ({
      ...{ key: node.key, node, level: 2, hasChildren: false, isOpen: false },
      position: root.children.length + index + 1,
      siblings: root.children.length + nodes.length,
      parentKey: root.key,
    }));
  }

  get isShown(): boolean {
    return this.#isShown;
  }
  set isShown(isShown: boolean) {
    this.#isShown = isShown;
    if (!isShown) this.replay.pause();
  }

  get filter(): ActivityFilter {
    return this.#filter;
  }
  set filter(filter: ActivityFilter) {
    this.#filter = filter;
  }

  get selectedKey(): string | null {
    return this.#selectedKey;
  }
  readonly selected: ActivityRow | null = $derived(
    this.rows.find(({ key }) => key === this.#selectedKey) ?? null,
  );

  select(key: string | null): void {
    this.#selectedKey = key;
  }

  setOpen(key: string, isOpen: boolean): void {
    if (isOpen) this.#closed.delete(key);
    else this.#closed.add(key);
  }
}

const key = Symbol("activity state");

export const provideActivityState = (state: ActivityState): ActivityState => setContext(key, state);
export const activityState = (): ActivityState => getContext<ActivityState>(key);
