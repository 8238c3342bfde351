// Who watches which browser: one stream of pictures for each browser that is watched, shared by its
// viewers and ended with the last of them. A view belongs to the connection that asked for it.
import type { Connection } from "../../../rpc/server.ts";
import { startCast, type Cast, type CastSize, type CastSource, type Frame } from "./cast.ts";
import { createViewer, type Viewer } from "./viewer.ts";

export interface LiveViews<Source extends CastSource = CastSource> {
  /** Pictures go to this connection as `browser.frame`, the page as it is at once. Returns the view's
   * id. */
  watch(browser: Source, size: CastSize, connection: Connection): string;
  /** Both do nothing for a view of somebody else's, or one that is over. */
  drawn(connection: Connection, viewId: string, frames: number): void;
  unwatch(connection: Connection, viewId: string): void;
  /** The last picture of the front tab while somebody watches; null: there is none. */
  latest(browser: Source): Frame | null;
  close(): void;
}

type View = { browser: CastSource; size: CastSize; connection: Connection; viewer: Viewer };

const smallest = 16;
const largest = 4_096;

export function createLiveViews({ newId }: { newId(): string }): LiveViews {
  const views = new Map<string, View>();
  const casts = new Map<CastSource, Cast>();
  const known = new WeakSet<Connection>();

  const viewsOf = (browser: CastSource) =>
    [...views.values()].filter((view) => view.browser === browser);

  /** As large as the largest window that looks. */
  function fit(browser: CastSource): void {
    const sizes = viewsOf(browser).map(({ size }) => size);
    const cast = casts.get(browser);
    if (sizes.length === 0) {
      casts.delete(browser);
      return cast?.stop();
    }
    const size = {
      maxWidth: Math.max(...sizes.map(({ maxWidth }) => maxWidth)),
      maxHeight: Math.max(...sizes.map(({ maxHeight }) => maxHeight)),
    };
    if (cast !== undefined) return cast.resize(size);
    const show = (frame: Frame) => viewsOf(browser).forEach(({ viewer }) => viewer.show(frame));
    casts.set(browser, startCast(browser, size, show));
  }

  function end(viewId: string): void {
    const view = views.get(viewId);
    views.delete(viewId);
    if (view !== undefined) fit(view.browser);
  }

  function follow(connection: Connection): void {
    if (known.has(connection)) return;
    known.add(connection);
    connection.onClose(() => {
      for (const [viewId, view] of [...views]) if (view.connection === connection) end(viewId);
    });
  }

  const own = (connection: Connection, viewId: string): View | null => {
    const view = views.get(viewId);
    return view?.connection === connection ? view : null;
  };

  return {
    watch(browser, { maxWidth, maxHeight }, connection) {
      const viewId = newId();
      const viewer = createViewer((frame) =>
        connection.push({ type: "browser.frame", viewId, ...frame }),
      );
      const size = { maxWidth: bounded(maxWidth), maxHeight: bounded(maxHeight) };
      views.set(viewId, { browser, size, connection, viewer });
      follow(connection);
      fit(browser);
      const frame = casts.get(browser)?.latest() ?? null;
      // After the answer that names the view: whoever asked cannot know it before.
      if (frame !== null)
        setImmediate(() => {
          if (views.has(viewId)) viewer.show(frame);
        });
      return viewId;
    },
    drawn: (connection, viewId, frames) => own(connection, viewId)?.viewer.drawn(frames),
    unwatch(connection, viewId) {
      if (own(connection, viewId) !== null) end(viewId);
    },
    latest: (browser) => casts.get(browser)?.latest() ?? null,
    close() {
      for (const viewId of [...views.keys()]) end(viewId);
    },
  };
}

const bounded = (pixels: number): number =>
  Number.isFinite(pixels) ? Math.min(largest, Math.max(smallest, Math.round(pixels))) : smallest;
