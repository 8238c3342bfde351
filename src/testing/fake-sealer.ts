// A sealer that hides nothing from who looks closely, but checks what a real one checks: kind, place,
// generation and account must be those it was sealed for. For tests that seal too often for real keys.
import { AetheriaError } from "../contract/errors.ts";
import type { DeviceId } from "../contract/ids.ts";
import type { Place, Sealer, SealKind, Signer, Verify } from "../core/mirror/ports.ts";

export function fakeSealer(userId: string, generation: number): Sealer {
  let nonce = 0;
  const about = (kind: SealKind, place: Place, of: number) =>
    `${userId}|${kind}|${place.join()}|${of}`;
  return {
    generation,
    async seal(kind, place, text) {
      const whole = `${nonce++} ${about(kind, place, generation)}\n${text}`;
      return Buffer.from(whole).toString("base64url");
    },
    async open(kind, place, of, sealed) {
      if (of > generation || of < 1) throw locked();
      const whole = Buffer.from(sealed, "base64url").toString();
      const end = whole.indexOf("\n");
      const start = whole.indexOf(" ") + 1;
      if (end < 0 || whole.slice(start, end) !== about(kind, place, of)) throw tampered();
      return whole.slice(end + 1);
    },
    sealBytes: async (_kind, _place, bytes) => bytes.map((byte) => byte ^ 0x5a),
    openBytes: async (_kind, _place, _of, bytes) => bytes.map((byte) => byte ^ 0x5a),
    attachmentId: async (sha256) => `file-${sha256.slice(0, 8)}`,
  };
}

export const fakeSigner = (deviceId: DeviceId): Signer => ({
  deviceId,
  publicKey: `key-of-${deviceId}`,
  sign: async (text) => signature(`key-of-${deviceId}`, text),
});

export const fakeVerify: Verify = async (publicKey, signed, text) =>
  signed === signature(publicKey, text);

function signature(publicKey: string, text: string): string {
  let hash = 7;
  for (let at = 0; at < text.length; at++) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  return `${publicKey} ${text.length} ${hash}`;
}

const locked = () => new AetheriaError("locked", "This device lacks that key.");
const tampered = () => new AetheriaError("tampered", "This is not what your devices wrote.");
