// What this device is called in the desktop's list, from what the browser says of itself.

const kinds: readonly [pattern: RegExp, name: string][] = [
  [/iPhone/, "iPhone"],
  [/iPad/, "iPad"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "Mac"],
  [/CrOS/, "Chromebook"],
  [/Linux/, "Linux"],
];
const browsers: readonly [pattern: RegExp, name: string][] = [
  [/Firefox\//, "Firefox"],
  [/Edg\//, "Edge"],
  [/Chrome\//, "Chrome"],
  [/Safari\//, "Safari"],
];

/** `Android · Chrome`; `otherwise` where nothing is known. */
export function deviceName(otherwise: string, userAgent: string = navigator.userAgent): string {
  const nameIn = (list: typeof kinds) => list.find(([pattern]) => pattern.test(userAgent))?.[1];
  const known = [nameIn(kinds), nameIn(browsers)].filter((name) => name !== undefined);
  return known.length > 0 ? known.join(" · ") : otherwise;
}

export const devicePlatform = (userAgent: string = navigator.userAgent): string =>
  kinds.find(([pattern]) => pattern.test(userAgent))?.[1] ?? "web";
