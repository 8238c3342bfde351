// The companion as an app for Android and iOS: the same files as the web app, in a shell. `npm run
// cap:sync` puts them into android/ and ios/, which it makes when they are missing.
import type { CapacitorConfig } from "@capacitor/cli";

const config: CapacitorConfig = {
  appId: "app.aetheria.companion",
  appName: "Aetheria",
  webDir: "out/companion",
  server: {
    // A secure context on both systems: without one there is no cryptography.
    androidScheme: "https",
    iosScheme: "aetheria",
  },
  android: { allowMixedContent: false },
};

export default config;
