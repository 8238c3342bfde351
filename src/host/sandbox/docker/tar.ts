// A tar of a few small files in memory: what an engine takes to build an image. Every file is readable by
// all and has no time and no owner, so that the same files always make the same layer.
import type { Readable } from "node:stream";

export type TarFile = { path: string; bytes: Uint8Array };

export async function tarOf(files: readonly TarFile[]): Promise<Readable> {
  const { pack } = await import("tar-stream");
  const tar = pack();
  for (const { path, bytes } of files) {
    tar.entry({ name: path, mode: 0o644, mtime: new Date(0) }, Buffer.from(bytes));
  }
  tar.finalize();
  return tar;
}
