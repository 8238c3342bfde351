// `node scripts/run.js icons`: draws resources/icon.svg in the sizes and containers that systems want.
// The results are committed; run it again when the drawing changes.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { chromium } from "playwright-core";
import { findChromium, quietChromiumArgs } from "./chromium.ts";

const pngSizes = [16, 24, 32, 48, 64, 128, 256, 512, 1024] as const;
const icoSizes = [16, 24, 32, 48, 64, 128, 256] as const;
/** Apple's names for PNGs by size: https://en.wikipedia.org/wiki/Apple_Icon_Image_format */
const icnsTypes = { ic11: 32, ic12: 64, ic07: 128, ic08: 256, ic09: 512, ic10: 1024 } as const;

export async function main(): Promise<number> {
  const executablePath = findChromium();
  if (!executablePath) {
    console.error("Drawing the icons needs Chromium: install one or set CHROMIUM_PATH.");
    return 4;
  }
  const browser = await chromium.launch({ executablePath, args: [...quietChromiumArgs] });
  const page = await browser.newPage();
  const drawn = new Map<number, Buffer>();
  const svg = readFileSync("resources/icon.svg", "utf8");
  for (const size of pngSizes) {
    await page.setViewportSize({ width: size, height: size });
    await page.setContent(`<style>body{margin:0}svg{display:block;width:100vw}</style>${svg}`);
    drawn.set(size, await page.screenshot({ omitBackground: true }));
  }
  await browser.close();
  const png = (size: number): Buffer => drawn.get(size) ?? Buffer.alloc(0);
  mkdirSync("resources/icons", { recursive: true });
  for (const size of pngSizes) writeFileSync(`resources/icons/${size}x${size}.png`, png(size));
  writeFileSync("resources/icon.ico", ico(icoSizes.map((size) => ({ size, bytes: png(size) }))));
  const parts = Object.entries(icnsTypes).map(([type, size]) => icnsPart(type, png(size)));
  writeFileSync("resources/icon.icns", icnsPart("icns", Buffer.concat(parts)));
  return 0;
}

/** A Windows icon of PNG images: a directory of 16 bytes each, then the images. */
function ico(images: { size: number; bytes: Buffer }[]): Buffer {
  const header = Buffer.alloc(6 + 16 * images.length);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(images.length, 4);
  let offset = header.length;
  images.forEach(({ size, bytes }, index) => {
    const at = 6 + 16 * index;
    header.writeUInt8(size % 256, at);
    header.writeUInt8(size % 256, at + 1);
    header.writeUInt16LE(1, at + 4);
    header.writeUInt16LE(32, at + 6);
    header.writeUInt32LE(bytes.length, at + 8);
    header.writeUInt32LE(offset, at + 12);
    offset += bytes.length;
  });
  return Buffer.concat([header, ...images.map(({ bytes }) => bytes)]);
}

/** A part, and the whole file, of an Apple icon: type, length with this header, content. */
function icnsPart(type: string, content: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.write(type, "ascii");
  header.writeUInt32BE(content.length + 8, 4);
  return Buffer.concat([header, content]);
}
