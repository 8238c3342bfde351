// Hands a blob to the person as a download.

export function saveBlob(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser has begun reading it by the next task.
  setTimeout(() => URL.revokeObjectURL(address), 0);
}
