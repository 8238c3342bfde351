// `npm run build:companion`: the companion alone (out/companion), to be put on any web server.
import { buildCompanion } from "./build.ts";

export const main = async (): Promise<number> => ((await buildCompanion()) ? 0 : 1);
