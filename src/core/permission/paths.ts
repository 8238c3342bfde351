// Absolute real paths of any system compared as text; nothing here touches a disk.

/** `C:\x` and `\\server\share` become `C:/x` and `//server/share`; POSIX paths stay as they are. */
export function slashed(path: string): string {
  return isWindowsPath(path) ? path.replaceAll("\\", "/") : path;
}

/** Windows compares names without their case. */
export function isWindowsPath(path: string): boolean {
  return /^[A-Za-z]:[\\/]/.test(path) || path.startsWith("\\\\");
}

/** The folder that holds it; null for a root. */
export function parentFolder(path: string): string | null {
  const text = slashed(path).replace(/\/+$/, "");
  const cut = text.lastIndexOf("/");
  if (cut < 0) return null;
  const parent = text.slice(0, cut);
  return parent === "" || /^[A-Za-z]:$/.test(parent) || /^\/\/[^/]*$/.test(parent) ? null : parent;
}

/** True for the folder itself and for everything in it. */
export function isWithin(path: string, folder: string): boolean {
  const fold = (text: string) => {
    const plain = slashed(text).replace(/\/+$/, "");
    return isWindowsPath(text) ? plain.toLowerCase() : plain;
  };
  const inner = fold(path);
  const outer = fold(folder);
  return inner === outer || inner.startsWith(`${outer}/`);
}
