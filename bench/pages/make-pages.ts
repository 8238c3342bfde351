// Makes the 30 saved pages beside it: `node bench/pages/make-pages.ts`. They are kept as files, so that a
// bench reads what a browser would have saved; the same bytes in every run.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { going } from "./going.ts";
import { reading } from "./reading.ts";
import { shopping } from "./shopping.ts";
import { talking } from "./talking.ts";
import { working } from "./working.ts";

const pages = { ...shopping, ...reading, ...talking, ...working, ...going };

for (const [name, make] of Object.entries(pages)) {
  const html = make();
  writeFileSync(join(import.meta.dirname, `${name}.html`), html);
  console.log(`${name}: ${Math.round(html.length / 1000)} KB`);
}
