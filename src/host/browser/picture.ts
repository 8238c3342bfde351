// The picture of a page right after a step. It never holds up the answer for long: a page that does not
// draw has none.
import type { CDPSession } from "playwright-core";
import type { Picture } from "../../core/browser-ports.ts";

const asked = { format: "jpeg", quality: 60, optimizeForSpeed: true } as const;
const patienceMs = 1_000;

export async function takePicture(
  cdp: Promise<CDPSession>,
  size: { width: number; height: number },
): Promise<Picture | null> {
  const { promise, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(() => resolve(null), patienceMs);
  try {
    const shot = cdp
      .then((session) => session.send("Page.captureScreenshot", asked))
      .then(({ data }) => ({ bytes: Buffer.from(data, "base64"), mime: "image/jpeg", ...size }));
    return await Promise.race([shot, promise]);
  } catch {
    // The page went away meanwhile.
    return null;
  } finally {
    clearTimeout(timer);
  }
}
