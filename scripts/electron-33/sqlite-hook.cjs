// The app's better-sqlite3 wants a newer Node-API than this Electron has: whoever loads it gets the
// older one that was built for it.
const Module = process.getBuiltinModule("node:module");
const { join } = process.getBuiltinModule("node:path");

const built = join(__dirname, "../../sqlite/node_modules/better-sqlite3/lib/index.js");
const load = Module._extensions[".js"];

// Where every load ends up, by `require` or `import`.
Module._extensions[".js"] = (module, filename) => {
  const isForeign = /better-sqlite3[\\/]lib[\\/]index\.js$/.test(filename) && filename !== built;
  if (isForeign) module.exports = module.require(built);
  else load(module, filename);
};
