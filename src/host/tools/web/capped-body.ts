// The first bytes of a body, decompressed, and whether there was more. Stops the sender at the cap,
// so neither a huge file nor a small archive that swells costs more memory than that.

export type CappedBody = { bytes: Uint8Array; isWhole: boolean };

export async function readCapped(response: Response, maxBytes: number): Promise<CappedBody> {
  if (response.body === null) return { bytes: new Uint8Array(), isWhole: true };
  const pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  // Leaving the loop cancels the stream.
  for await (const piece of response.body) {
    pieces.push(piece);
    sizeBytes += piece.byteLength;
    if (sizeBytes > maxBytes) break;
  }
  const bytes = Buffer.concat(pieces, Math.min(sizeBytes, maxBytes));
  return { bytes, isWhole: sizeBytes <= maxBytes };
}
