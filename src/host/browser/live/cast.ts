// Pictures of a browser's front tab as it changes, from Chromium's own screencast: one for each browser,
// however many look. Takes none while nobody does. Knows nothing of who looks.
import type { CDPSession, Page } from "playwright-core";

export type Frame = {
  /** JPEG. */
  bytes: Uint8Array<ArrayBuffer>;
  /** The page's window that it shows, CSS pixels. */
  width: number;
  height: number;
  /** Milliseconds since the epoch. */
  at: number;
};

export type CastSize = { maxWidth: number; maxHeight: number };

/** What a cast needs of a browser. */
export type CastSource = {
  activePage(): Page | null;
  onActivePage(listener: (page: Page | null) => void): () => void;
};

export interface Cast {
  /** From here on at most this large. */
  resize(size: CastSize): void;
  /** The last one of the page in front; null: none came yet. */
  latest(): Frame | null;
  stop(): void;
}

const jpegQuality = 70;
/** Chromium makes the next picture when it hears that one arrived: faster than this is for nobody. */
const betweenFramesMs = 40;
/** Silence after which the last change may have fallen into a pause that we made. */
const settledMs = 120;

export function startCast(
  source: CastSource,
  size: CastSize,
  onFrame: (frame: Frame) => void,
): Cast {
  let wanted: CastSize | null = size;
  let page = source.activePage();
  let latest: Frame | null = null;
  let shot: Shot | null = null;
  let turning: Promise<void> | null = null;

  const isCurrent = () =>
    shot === null
      ? wanted === null || page === null
      : shot.page === page && wanted !== null && isSameSize(shot.size, wanted);

  /** Ends what runs and starts what is wanted, as often as that changes meanwhile. */
  async function turn(): Promise<void> {
    while (!isCurrent()) {
      const ended = shot;
      shot = null;
      await ended?.stop();
      if (page === null || wanted === null || page.isClosed()) break;
      const [of, size] = [page, wanted];
      const started = await startShot(of, size, (frame) => {
        if (page !== of || wanted === null) return;
        latest = frame;
        onFrame(frame);
      });
      // It closed on the way: the browser tells which page is in front then.
      if (started === null) break;
      shot = started;
    }
    turning = null;
  }
  const aim = () => {
    if (!isCurrent()) turning ??= turn();
  };

  const forgetPage = source.onActivePage((next) => {
    if (next !== page) latest = null;
    page = next;
    aim();
  });
  aim();
  return {
    resize(next) {
      if (wanted === null) return;
      wanted = next;
      aim();
    },
    latest: () => latest,
    stop() {
      forgetPage();
      wanted = null;
      aim();
    },
  };
}

const isSameSize = (one: CastSize, other: CastSize) =>
  one.maxWidth === other.maxWidth && one.maxHeight === other.maxHeight;

type Shot = { page: Page; size: CastSize; stop(): Promise<void> };

/** null: the page is gone. */
async function startShot(
  page: Page,
  size: CastSize,
  onFrame: (frame: Frame) => void,
): Promise<Shot | null> {
  const session = await page
    .context()
    .newCDPSession(page)
    .catch(() => null);
  if (session === null) return null;
  // A page that closes takes its session along, in the middle of anything.
  const gone = () => false;
  const start = () =>
    session
      .send("Page.startScreencast", { format: "jpeg", quality: jpegQuality, ...size })
      .then(() => true, gone);
  const stop = () => session.send("Page.stopScreencast").then(() => true, gone);
  const pace = createPace(session, async () => {
    if (await stop()) await start();
  });
  session.on("Page.screencastFrame", ({ data, metadata, sessionId }) => {
    pace.came(sessionId);
    onFrame({
      // A copy of its own: small Buffers share memory that would travel along.
      bytes: new Uint8Array(Buffer.from(data, "base64")),
      ...{ width: metadata.deviceWidth, height: metadata.deviceHeight },
      at: metadata.timestamp === undefined ? Date.now() : Math.round(metadata.timestamp * 1000),
    });
  });
  if (!(await start())) return null;
  return {
    ...{ page, size },
    async stop() {
      pace.stop();
      await stop();
      await session.detach().catch(gone);
    },
  };
}

/** Tells Chromium of each picture that it came, not too soon. Chromium drops what changes while two are
 * not acknowledged; where that may have been the last change, `again` has to bring it. */
function createPace(session: CDPSession, again: () => Promise<void>) {
  const timers = new Set<NodeJS.Timeout>();
  let lastAckMs = 0;
  let settling: NodeJS.Timeout | undefined;
  const after = (ms: number, run: () => unknown): NodeJS.Timeout => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      void run();
    }, ms);
    timers.add(timer);
    return timer;
  };
  const drop = (timer: NodeJS.Timeout | undefined) => {
    clearTimeout(timer);
    if (timer !== undefined) timers.delete(timer);
  };
  const acknowledge = (sessionId: number) =>
    session.send("Page.screencastFrameAck", { sessionId }).catch(() => undefined);

  return {
    came(sessionId: number) {
      const nowMs = performance.now();
      const waitMs = Math.ceil(lastAckMs + betweenFramesMs - nowMs);
      lastAckMs = Math.max(nowMs, lastAckMs + betweenFramesMs);
      const wasSettling = settling !== undefined;
      drop(settling);
      settling = undefined;
      if (waitMs <= 0) void acknowledge(sessionId);
      else after(waitMs, () => acknowledge(sessionId));
      if (waitMs > 0 || wasSettling)
        settling = after(Math.max(0, waitMs) + settledMs, () => {
          settling = undefined;
          return again();
        });
    },
    stop() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
