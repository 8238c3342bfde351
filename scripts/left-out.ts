// A build plugin: packages that a dependency names at its top and that we never reach. dockerode can speak
// SSH and BuildKit; ours talks to sockets of this machine only. In their place stands an empty module,
// which spares the package a megabyte and binaries of a second cryptography.
import type { Plugin } from "vite";

export const leftOutPackages = ["ssh2", "@grpc/grpc-js", "@grpc/proto-loader"];

export function leftOut(packages: readonly string[] = leftOutPackages): Plugin {
  const prefix = "\0left-out:";
  return {
    name: "left-out",
    enforce: "pre",
    resolveId: (id) => (packages.includes(id) ? prefix + id : null),
    load: (id) => (id.startsWith(prefix) ? "export default {};" : null),
  };
}
