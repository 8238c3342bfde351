// Which files are shown as pictures. Vector pictures can hold scripts and remote addresses: those are
// only saved.
import type { AttachmentRef } from "../../contract/session.ts";

const shown = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"]);

export const isPicture = ({ mime }: Pick<AttachmentRef, "mime">): boolean => shown.has(mime);
