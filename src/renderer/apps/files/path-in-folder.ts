// A file of the workspace by its path on the machine, in that machine's way of writing it. Pure.

export function pathInFolder(folder: string, path: string): string {
  const sign = /^[a-z]:|\\/i.test(folder) ? "\\" : "/";
  return `${folder.replace(/[\\/]$/, "")}${sign}${path.replaceAll("/", sign)}`;
}
