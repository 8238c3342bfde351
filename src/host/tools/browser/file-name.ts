// A file's name as a server or a page gives it, made into one that is only a name everywhere: no way
// to another folder, no device, nothing hidden, nothing that reads as what it is not.

const maxChars = 120;
const device = /^(con|prn|aux|nul|conin\$|conout\$|clock\$|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;

/** Never empty. `report.pdf` stays what it is. */
export function plainFileName(given: string): string {
  const last = given.normalize("NFC").split(/[\\/]/).at(-1) ?? "";
  const cleaned = last
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}]/gu, "")
    .replace(/[<>:"|?*]/g, "_")
    .replace(/\s+/g, " ")
    // A name that begins with a dot is hidden, and may be one that a program obeys.
    .replace(/^[. ]+|[. ]+$/g, "");
  const named = cleaned === "" ? "download" : cleaned;
  return shortened(device.test(named) ? `_${named}` : named);
}

/** Keeps the ending. A name is at most 255 bytes on most disks; a number may still be added. */
function shortened(name: string): string {
  const dot = name.lastIndexOf(".");
  const ending = dot > 0 && name.length - dot <= 12 ? name.slice(dot) : "";
  const stem = ending === "" ? name : name.slice(0, dot);
  let kept = Array.from(stem).slice(0, maxChars).join("");
  while (Buffer.byteLength(kept + ending) > 220) kept = Array.from(kept).slice(0, -1).join("");
  return kept + ending;
}
