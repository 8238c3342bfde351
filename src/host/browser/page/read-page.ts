// Reads a page through all its frames into one model: lines of a frame stand where the frame stands.
import type { PageBox } from "../../../contract/browser.ts";
import type { WireBlock, WireBox, WirePage, WirePart } from "./in-page/wire.ts";
import type { PagePrograms } from "./page-programs.ts";
import type { Container, ElementPart, FrameStep, Line, PageModel } from "./page-model.ts";

/** How many elements of a document are read before only what is in the window is. */
const maxElements = 25_000;
const maxFrames = 40;

/** A frame that does not answer is left out; the page itself is waited for longer. */
const frameTimeoutMs = 1_500;

type Frame = { frames: FrameStep[]; left: number; top: number; container: number };
type Read = { page: WirePage; inner: (Read | null)[] };

export async function readPage(programs: PagePrograms, signal?: AbortSignal): Promise<PageModel> {
  const read = await readFrames(programs, signal);
  const containers: Container[] = [];
  const lines: Line[] = [];
  let skipped = 0;

  function merge({ page, inner }: Read, frame: Frame): void {
    skipped += page.skipped;
    const placed = (id: number) => ({ document: page.document, id, frames: frame.frames });
    const base = containers.length;
    for (const { id, role, name, parent } of page.containers) {
      const up = parent < 0 ? frame.container : parent + base;
      containers.push({ place: placed(id), role, name, parent: up });
    }
    let at = 0;
    page.frames.forEach(({ id, before, container, box: [x, y] }, which) => {
      for (; at < before; at++) lines.push(lineOf(page.blocks[at]!, frame, base, placed));
      const found = inner[which];
      if (!found) return void (skipped += 1);
      merge(found, {
        frames: [...frame.frames, { document: page.document, id }],
        ...{ left: frame.left + x, top: frame.top + y, container: container + base },
      });
    });
    for (; at < page.blocks.length; at++) lines.push(lineOf(page.blocks[at]!, frame, base, placed));
  }

  merge(read, { frames: [], left: 0, top: 0, container: -1 });
  const { document, url, title, view } = read.page;
  const { width, height, top, fullHeight } = view;
  return {
    ...{ document, url, title, containers, lines, skipped },
    view: { width, height, top, fullHeight },
  };
}

/** All frames of one level at once. */
async function readFrames(programs: PagePrograms, signal?: AbortSignal): Promise<Read> {
  let left = maxFrames;

  async function read(frames: readonly FrameStep[]): Promise<Read> {
    const asked = { verb: "look", limit: maxElements };
    const timeoutMs = frames.length > 0 ? frameTimeoutMs : undefined;
    const page = await programs.ask<WirePage>(frames, asked, signal, timeoutMs);
    const inner = page.frames.map(async ({ id }) => {
      if (left-- <= 0) return null;
      // A frame that goes away while it is read is like one that was never there.
      return read([...frames, { document: page.document, id }]).catch(() => {
        signal?.throwIfAborted();
        return null;
      });
    });
    return { page, inner: await Promise.all(inner) };
  }

  return read([]);
}

const boxIn = ([x, y, width, height]: WireBox, { left, top }: Frame): PageBox => ({
  ...{ x: x + left, y: y + top, width, height },
});

function lineOf(
  block: WireBlock,
  frame: Frame,
  base: number,
  placed: (id: number) => ElementPart["place"],
): Line {
  const place = placed(block.id);
  return {
    ...{ key: `${place.document}/${block.id}.${block.line}`, kind: block.kind, place },
    ...{ level: block.level ?? 0, container: block.container + base, box: boxIn(block.box, frame) },
    parts: block.parts.map((part) => partOf(part, frame, placed)),
  };
}

function partOf(
  part: WirePart,
  frame: Frame,
  placed: (id: number) => ElementPart["place"],
): string | ElementPart {
  if (typeof part === "string") return part;
  const [value, offers] = part.value?.split("\u0000") ?? [];
  return {
    ...{ place: placed(part.id), role: part.role, name: part.name, states: part.states ?? [] },
    box: boxIn(part.box, frame),
    ...(value === undefined ? {} : { value }),
    ...(offers ? { offers } : {}),
    ...(part.href === undefined ? {} : { href: part.href }),
  };
}
