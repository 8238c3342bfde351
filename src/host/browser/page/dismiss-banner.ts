// Answers the banner that asks about cookies, wherever on the page it is: refuses where that is offered.
import { AetheriaError } from "../../../contract/errors.ts";
import { boxOf, type ActNeeds, type Did } from "./acts.ts";
import type { Banner } from "./in-page/banner.ts";
import { readPage } from "./read-page.ts";
import type { FrameStep, Place } from "./page-model.ts";

export async function dismissBanner(needs: ActNeeds, signal: AbortSignal): Promise<Did> {
  const { page, programs, touchables } = needs;
  const model = await readPage(programs, signal);
  const frames = model.containers
    .filter(({ role }) => role === "iframe")
    .map(({ place }) => stepInto(place));
  let best: { place: Place; name: string; score: number } | null = null;
  for (const steps of [[], ...frames]) {
    const banner = await programs.ask<Banner>(steps, { verb: "banner" }, signal).catch(() => null);
    signal.throwIfAborted();
    if (banner?.id == null || banner.score <= (best?.score ?? 0)) continue;
    const place = { document: banner.document, id: banner.id, frames: steps };
    best = { place, name: banner.name, score: banner.score };
  }
  if (!best)
    throw new AetheriaError("not_found", "There is no banner about cookies on this page.", {
      hint: "If something covers the page, look at it and close it by its number.",
    });
  const ready = await touchables.look(best.place, true, signal);
  if (ready && !ready.touch.cover) await page.mouse.click(ready.point.x, ready.point.y);
  else
    await programs
      .locator(best.place)
      .dispatchEvent("click", undefined, { timeout: 3_000, signal });
  return { box: ready ? boxOf(ready) : null, note: `Pressed "${best.name}" of the banner.` };
}

const stepInto = ({ document, id, frames }: Place): FrameStep[] => [...frames, { document, id }];
