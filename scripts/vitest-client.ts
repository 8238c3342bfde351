// A vitest environment for renderer logic: modules are compiled as for a browser (so runes
// react and effects run), in plain Node and without a DOM. What needs a DOM is tested in e2e.
export default {
  name: "client",
  viteEnvironment: "client",
  setup: () => ({ teardown: () => undefined }),
};
