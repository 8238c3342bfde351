import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DeviceId } from "../contract/ids.ts";
import {
  createSigner,
  newSigningKeys,
  newStoredSigningKeys,
  readSigningKeys,
  verify,
} from "./signer.ts";

const deviceId = DeviceId.parse("device-1");
/** Signed once and written down: whoever changes the format meets this first. */
const stored =
  '{"crv":"P-256","kty":"EC","x":"Jr_imgjzL2-3n1x0KS6swGiKD_6oFUd75s43aRPNJPc","y":"qZCvEDOBNq9tA2gVEtEksv7HEq_UiMf-a2EQKZjvjTw","d":"FOFyd8iykUWzG5CJ-PB8TxIT0CbnnS7L2uzZbNmv17A"}';
const publicKey =
  "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEJr_imgjzL2-3n1x0KS6swGiKD_6oFUd75s43aRPNJPepkK8QM4E2r20DaBUS0SSy_scSr9SIx_5rYRApmO-NPA";
const signature =
  "PprwPMdBbCqBJDg3WFYYy8NaS3-WIHbMV7tV9I87aA4ykHHi2qVgCmY9-udSyhvGzSa0lv5HPCtCI99fhyJDmQ";

describe("a signer", () => {
  it("signs what verifies, and no other text does", async () => {
    const signer = await createSigner(deviceId, await newSigningKeys());
    const any = fc.string({ unit: "binary" });
    await fc.assert(
      fc.asyncProperty(any, any, async (text, other) => {
        const made = await signer.sign(text);
        expect(await verify(signer.publicKey, made, text)).toBe(true);
        expect(await verify(signer.publicKey, made, other)).toBe(text === other);
        expect(await verify(publicKey, made, text)).toBe(false);
      }),
    );
  });

  it("keeps its key where nobody can read it", async () => {
    const keys = await newSigningKeys();
    expect(keys.privateKey.extractable).toBe(false);
    await expect(crypto.subtle.exportKey("jwk", keys.privateKey)).rejects.toThrow();
  });

  it("comes back from the keychain as who it was", async () => {
    const signer = await createSigner(deviceId, await readSigningKeys(stored));
    expect(signer).toMatchObject({ deviceId, publicKey });
    expect(await verify(publicKey, await signer.sign("text"), "text")).toBe(true);
    const again = await createSigner(deviceId, await readSigningKeys(await newStoredSigningKeys()));
    expect(again.publicKey).not.toBe(publicKey);
    await expect(readSigningKeys("{")).rejects.toMatchObject({ code: "bad_input" });
    await expect(readSigningKeys("null")).rejects.toMatchObject({ code: "bad_input" });
  });

  it("verifies what was signed when the format was made, and nothing that is no signature", async () => {
    expect(await verify(publicKey, signature, "A command.")).toBe(true);
    for (const wrong of ["", "AAAA", "!", signature.slice(4), signature.replace("P", "Q")]) {
      expect(await verify(publicKey, wrong, "A command."), wrong).toBe(false);
    }
    for (const wrong of ["", "AAAA", "!", publicKey.slice(4), publicKey.replace("MFkw", "MFkx")]) {
      expect(await verify(wrong, signature, "A command."), wrong).toBe(false);
    }
  });
});
