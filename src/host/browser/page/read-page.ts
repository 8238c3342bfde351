// Reads a page through all its frames into one model: lines of a frame stand where the frame stands.
import type { PageBox } from "../../../contract/browser.ts";
import type { WireBlock, WireBox, WirePage, WirePart } from "./in-page/wire.ts";
import type { PagePrograms } from "./page-programs.ts";
import type { Container, ElementPart, FrameStep, Line, PageModel } from "./page-model.ts";

/** How many elements of a document are read before only what is in the window is. */
const maxElements = 25_000;
const maxFrames = 40;

type Frame = { frames: FrameStep[]; left: number; top: number; container: number };

export async function readPage(programs: PagePrograms, signal?: AbortSignal): Promise<PageModel> {
  const containers: Container[] = [];
  const lines: Line[] = [];
  let skipped = 0;
  let framesLeft = maxFrames;

  async function read(frame: Frame): Promise<WirePage> {
    const asked = { verb: "look", limit: maxElements };
    const page = await programs.ask<WirePage>(frame.frames, asked, signal);
    skipped += page.skipped;
    const placed = (id: number) => ({ document: page.document, id, frames: frame.frames });
    const base = containers.length;
    for (const { id, role, name, parent } of page.containers)
      containers.push({
        ...{ place: placed(id), role, name },
        parent: parent < 0 ? frame.container : parent + base,
      });
    let at = 0;
    for (const inner of page.frames) {
      for (; at < inner.before; at++) lines.push(lineOf(page.blocks[at]!, frame, base, placed));
      await readInner(page, inner, frame, base);
    }
    for (; at < page.blocks.length; at++) lines.push(lineOf(page.blocks[at]!, frame, base, placed));
    return page;
  }

  async function readInner(
    page: WirePage,
    inner: WirePage["frames"][number],
    outer: Frame,
    base: number,
  ): Promise<void> {
    const [x, y] = inner.box;
    if (framesLeft-- <= 0) {
      skipped += 1;
      return;
    }
    const frames = [...outer.frames, { document: page.document, id: inner.id }];
    const place = { left: outer.left + x, top: outer.top + y, container: inner.container + base };
    try {
      await read({ frames, ...place });
    } catch (error) {
      signal?.throwIfAborted();
      // A frame that goes away while it is read is like one that was never there.
      if (error instanceof Error) skipped += 1;
    }
  }

  const main = await read({ frames: [], left: 0, top: 0, container: -1 });
  const { width, height, top, fullHeight } = main.view;
  return {
    ...{ document: main.document, url: main.url, title: main.title, containers, lines, skipped },
    view: { width, height, top, fullHeight },
  };
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
