// What an image is made of: its recipe in sandbox-images/ and the programs that run inside every wall.
import { readFile } from "node:fs/promises";
import { readInside } from "../inside/inside-files.ts";
import { defaultBase, type ImageSource } from "./image.ts";

export const imageNames = ["python", "node", "full"] as const;
export type ImageName = (typeof imageNames)[number];

const recipes: Record<ImageName, URL> = {
  python: new URL("../../../../sandbox-images/python/Dockerfile", import.meta.url),
  node: new URL("../../../../sandbox-images/node/Dockerfile", import.meta.url),
  full: new URL("../../../../sandbox-images/full/Dockerfile", import.meta.url),
};

export async function readImageSource(
  name: ImageName,
  base: string = defaultBase,
): Promise<ImageSource> {
  const { files } = await readInside();
  const inside = files.map((file) => ({ path: `inside/${file.name}`, bytes: bytesOf(file.text) }));
  const recipe = { path: "Dockerfile", bytes: await readFile(recipes[name]) };
  return { name, base, files: [recipe, ...inside] };
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
