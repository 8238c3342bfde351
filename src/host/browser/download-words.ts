// What files that come are called, and what is said when they do not.
import { AetheriaError } from "../../contract/errors.ts";

/** What a site calls a file names nothing but a file. */
export function fileName(suggested: string): string {
  const last = suggested.split(/[/\\]/).at(-1) ?? "";
  const plain = last.replace(/[\u0000-\u001f\u007f<>:"|?*\u202a-\u202e\u2066-\u2069]/g, "_");
  const bare = plain.replace(/^[. ]+|[. ]+$/g, "").slice(-120);
  return bare === "" ? "download" : bare;
}

export const tooLarge = (name: string, maxBytes: number) =>
  new AetheriaError(
    "too_large",
    `${name} is larger than ${sizeText(maxBytes)}, so it was not taken.`,
    {
      hint: "The person can fetch it in a browser of their own.",
    },
  );

const sizeText = (bytes: number) =>
  bytes >= 1e9
    ? `${Math.round(bytes / 1e8) / 10} GB`
    : `${Math.max(1, Math.round(bytes / 1e6))} MB`;

export const notHeld = (downloadId: string) =>
  new AetheriaError("not_found", `The download ${downloadId} is not held any more.`, {
    hint: "Fetch it again.",
  });

export const noneCame = () =>
  new AetheriaError("timeout", "No file came.", {
    hint: "It may be shown as a page instead: look at it, or give the file's own address.",
  });
