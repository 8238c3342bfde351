// The ways in which a person has a file: looked at in a tab of its own, given to another app, saved.
import type { AttachmentRef } from "../../contract/session.ts";

/** Shown by the browser as what they are. A page or a vector picture would run as one of ours. */
const opened =
  /^(?:image\/(?:png|jpeg|gif|webp|avif)|application\/pdf|text\/(?:plain|csv)|audio\/|video\/)/;

/** Long enough for the browser to take the bytes. */
const heldForMs = 60_000;

export const canOpen = ({ mime }: AttachmentRef): boolean => opened.test(mime);
export const canShare = (): boolean => "share" in navigator && "canShare" in navigator;

export function openFile(blob: Blob, { mime }: AttachmentRef): void {
  // As plain text a table is read, not saved.
  const type = mime.startsWith("text/") ? "text/plain;charset=utf-8" : mime;
  const address = URL.createObjectURL(new Blob([blob], { type }));
  window.open(address, "_blank", "noopener");
  setTimeout(() => URL.revokeObjectURL(address), heldForMs);
}

export async function shareFile(blob: Blob, file: AttachmentRef): Promise<void> {
  const shared = { files: [new File([blob], file.name, { type: file.mime })], title: file.name };
  if (!navigator.canShare(shared)) return saveFile(blob, file);
  try {
    await navigator.share(shared);
  } catch (error) {
    // The person changed their mind.
    if (!(error instanceof Error && error.name === "AbortError")) throw error;
  }
}

export function saveFile(blob: Blob, { name }: AttachmentRef): void {
  const address = URL.createObjectURL(blob);
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), heldForMs);
}
