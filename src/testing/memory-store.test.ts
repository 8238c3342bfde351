import { createMemoryStore } from "./memory-store.ts";
import { storeSuite } from "./store-suite.ts";

storeSuite("the store in memory", () => ({
  open: (clock) => createMemoryStore({ clock }),
  clean: () => undefined,
}));
