// Takes everything off this device that the page keeps there, the token excepted: drafts, layouts.
import { tokenKey } from "./token.ts";

export function forgetDevice(storage: () => Storage = () => localStorage): void {
  try {
    const kept = storage();
    for (const key of Object.keys(kept)) if (key !== tokenKey) kept.removeItem(key);
  } catch {
    return; // storage is blocked: nothing was kept
  }
}
