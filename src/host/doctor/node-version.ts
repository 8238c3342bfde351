// Is this Node new enough for the native modules?
import type { Finding } from "./finding.ts";

const oldest = { major: 22, minor: 14 };

export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > oldest.major || (major === oldest.major && minor >= oldest.minor))
    return { state: "ok", found: `Node ${version}.` };
  return {
    state: "failed",
    found: `Node ${version} is too old.`,
    fix: `Install Node ${oldest.major}.${oldest.minor} or newer from https://nodejs.org.`,
  };
}
