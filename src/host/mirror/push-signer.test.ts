import { expect, it } from "vitest";
import { newKeyRing, rotated } from "../../cloud/key-ring.ts";
import { vapidKeysOf } from "./push-signer.ts";

it("is made of the account's key as docs/mirror.md says, by any computer of the account", () => {
  const key = Buffer.from(Array.from({ length: 32 }, (_, at) => at)).toString("base64url");
  expect(vapidKeysOf({ keys: [{ generation: 1, key }] })).toEqual({
    privateKey: "f8goRr6BmWxtwuDmrwLRukaIeNF4-R3vXy5geL9jlbw",
    publicKey:
      "BARHbEgdlEEF6TsMRxUUpBq4XKc91JLQjOzPHy5Mcl1KhIBu3iGZyUw-fTRGxSaEN-ASysOfK87R409bNqZ_7Zs",
  });
});

it("is another one once the key was changed, wherever the keys stand in the ring", () => {
  const ring = newKeyRing();
  const next = rotated(ring);
  expect(vapidKeysOf(next)).not.toEqual(vapidKeysOf(ring));
  expect(vapidKeysOf({ keys: next.keys.toReversed() })).toEqual(vapidKeysOf(next));
});
