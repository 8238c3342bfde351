import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { storeSuite } from "../../testing/store-suite.ts";
import { openStore } from "./store.ts";

storeSuite("the store over SQLite", () => {
  const dataDir = mkdtempSync(join(tmpdir(), "aetheria-store-"));
  return {
    open: (clock) => openStore({ dataDir, clock, log: () => undefined }),
    clean: () => rmSync(dataDir, { recursive: true }),
  };
});
