// Reads stored attachments for a model: the reader of documents over the store of attachments.
import { AetheriaError } from "../../../contract/errors.ts";
import type { AttachmentReader, Attachments } from "../../../core/ports.ts";
import type { AttachmentRef } from "../../../contract/session.ts";
import { readDocument } from "./read-document.ts";

export function createAttachmentReader(attachments: Attachments): AttachmentReader {
  return {
    read: async (file, maxChars, signal) => {
      const path = pathOf(attachments, file);
      if (path === null) return { kind: "none", why: `${file.name} is not in the store any more.` };
      return readDocument({ path, name: file.name, mime: file.mime }, maxChars, signal);
    },
  };
}

/** null: the file is gone. */
function pathOf(attachments: Attachments, file: AttachmentRef): string | null {
  try {
    return attachments.path(file.sha256);
  } catch (error) {
    if (error instanceof AetheriaError) return null;
    throw error;
  }
}
