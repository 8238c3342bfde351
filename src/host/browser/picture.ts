// The picture of a page right after a step. It never holds up the answer for long: a page that does not
// draw has none.
import type { CDPSession } from "playwright-core";
import type { Picture } from "../../core/browser-ports.ts";

const quality = 60;
const patienceMs = 1_000;

export async function takePicture(
  cdp: CDPSession,
  size: { width: number; height: number },
): Promise<Picture | null> {
  const { promise, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(() => resolve(null), patienceMs);
  try {
    const shot = cdp
      .send("Page.captureScreenshot", { format: "jpeg", quality, optimizeForSpeed: true })
      .then(({ data }) => ({ bytes: Buffer.from(data, "base64"), mime: "image/jpeg", ...size }));
    return await Promise.race([shot, promise]);
  } catch {
    // The page went away meanwhile.
    return null;
  } finally {
    clearTimeout(timer);
  }
}
