import { expect, it } from "vitest";
import { takenFor } from "./look-alike.ts";

const known = ["paypal.com", "www.microsoft.com", "amazon.com", "wiki.example.org", "10.0.0.1"];

it.each([
  ["paypa1.com", "paypal.com"],
  ["www.PAYPA1.com:8443", "paypal.com"],
  ["paypai.com", "paypal.com"],
  ["pay-pal.com", "paypal.com"],
  ["rnicrosoft.com", "microsoft.com"],
  ["micros0ft.com", "microsoft.com"],
  ["paypal.com.login.example", "paypal.com"],
  ["paypal.com-secure.example", "paypal.com"],
  ["vviki.example.org", "wiki.example.org"],
])("takes %s for %s", (host, other) => expect(takenFor(host, known)).toBe(other));

it.each([
  ...["paypal.com", "www.paypal.com", "business.paypal.com", "microsoft.com"],
  // The same shop in another country, and names that only have something in common.
  ...["amazon.com.br", "amazon.de", "paypal.org", "paypal-blog.com", "mypaypal.com"],
  ...["10.0.0.l", "10.0.0.7", "localhost", "[::1]", "example.org", ""],
])("takes %s for no other", (host) => expect(takenFor(host, known)).toBeNull());

it("takes none for another where none is known", () => {
  expect(takenFor("paypa1.com", [])).toBeNull();
  // Both are: who said yes to one is not asked again.
  expect(takenFor("paypa1.com", ["paypal.com", "paypa1.com"])).toBeNull();
});
