// What the app was started with. Pure. Chromium's own switches stand between ours and are passed over.
import { isAbsolute, resolve } from "node:path";
import * as z from "zod/mini";

export interface Arguments {
  /** `--data DIR`, absolute. */
  dataDir: string | null;
  /** `--toggle`: show or hide quick-ask. */
  toggle: boolean;
  /** An `aetheria://` address, not yet parsed. */
  link: string | null;
  /** A file to open, absolute. */
  file: string | null;
  /** `--background`: start in the tray. */
  background: boolean;
}

export const noArguments: Arguments = {
  dataDir: null,
  toggle: false,
  link: null,
  file: null,
  background: false,
};

export const exportEnding = ".aetheria.json";

const Sent = z.object({
  dataDir: z.nullable(z.string()),
  toggle: z.boolean(),
  link: z.nullable(z.string()),
  file: z.nullable(z.string().check(z.refine(isAbsolute))),
  background: z.boolean(),
});

/** What a second start sent to the first. What is not ours only asks for the window. */
export function sentArguments(sent: unknown): Arguments {
  return Sent.safeParse(sent).data ?? noArguments;
}

/** `cwd`: relative paths are of the one who typed them. */
export function readArguments(argv: readonly string[], cwd: string): Arguments {
  const found = { ...noArguments };
  for (const [index, arg] of argv.entries()) {
    const data = arg === "--data" ? argv[index + 1] : /^--data=(.+)$/s.exec(arg)?.[1];
    if (data) found.dataDir = resolve(cwd, data);
    else if (arg === "--toggle") found.toggle = true;
    else if (arg === "--background") found.background = true;
    else if (/^aetheria:/i.test(arg)) found.link = arg;
    else if (!arg.startsWith("-") && arg.toLowerCase().endsWith(exportEnding))
      found.file = resolve(cwd, arg);
  }
  return found;
}
