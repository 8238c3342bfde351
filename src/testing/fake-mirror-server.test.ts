import { createFakeMirrorServer } from "./fake-mirror-server.ts";
import { mirrorServerSuite } from "./mirror-server-suite.ts";

mirrorServerSuite("the server in between, in memory", async () => {
  const server = createFakeMirrorServer();
  return {
    newUser: async () => {
      const user = server.newUser();
      return {
        open: async () => user.open(),
        expireTokens: async () => user.expireTokens(),
        backdateSeen: async () => user.tables.backdateSeen(),
      };
    },
    close: async () => undefined,
  };
});
