import { request } from "node:http";
import { afterEach, expect, it } from "vitest";
import { AetheriaError } from "../../contract/errors.ts";
import { createLoopbackWayBack } from "./way-back.ts";

const wayBack = createLoopbackWayBack();
afterEach(() => wayBack.close());

async function opened() {
  const came: string[] = [];
  const address = await wayBack.open(async (back) => came.push(back));
  return { came, address };
}

const refused = async (address: string) => expect(fetch(address)).rejects.toThrow("fetch failed");

it("takes the address that comes back, says so, and closes the door", async () => {
  const { came, address } = await opened();
  expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/auth-callback$/);
  const answer = await fetch(`${address}?code=abc`, { headers: { "accept-language": "de-DE" } });
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(await answer.text()).toContain("Sie sind angemeldet.");
  expect(came).toEqual([`${address}?code=abc`]);
  await expect
    .poll(() =>
      fetch(address).then(
        () => "open",
        () => "closed",
      ),
    )
    .toBe("closed");
});

it("says why it was refused, as text, and waits for another", async () => {
  const problem = new AetheriaError("expired", "<b>Too late.</b>", { hint: "Begin again." });
  const address = await wayBack.open(() => Promise.reject(problem));
  const answer = await fetch(`${address}?code=abc`);
  expect(answer.status).toBe(400);
  const page = await answer.text();
  expect(page).toContain("&#60;b&#62;Too late.&#60;/b&#62;");
  expect(page).toContain("Begin again.");
  expect((await fetch(`${address}?code=def`)).status).toBe(400);
});

it("answers nothing but that address, by its own name", async () => {
  const { came, address } = await opened();
  expect((await fetch(new URL("/", address))).status).toBe(404);
  expect((await fetch(`${address}/more?code=abc`)).status).toBe(404);
  expect((await fetch(`${address}?code=abc`, { method: "POST" })).status).toBe(404);
  expect((await fetch(`${address}?code=${"a".repeat(9_000)}`)).status).toBe(404);
  const status = await new Promise((resolve, reject) => {
    request(`${address}?code=abc`, { headers: { host: "evil.test" } }, (response) => {
      resolve(response.resume().statusCode);
    })
      .once("error", reject)
      .end();
  });
  expect(status).toBe(404);
  expect(came).toEqual([]);
});

it("has one door at a time, and none once it is closed", async () => {
  const first = await opened();
  const second = await opened();
  await refused(first.address);
  expect((await fetch(`${second.address}?code=abc`)).status).toBe(200);
  const third = await opened();
  await wayBack.close();
  await refused(third.address);
});
