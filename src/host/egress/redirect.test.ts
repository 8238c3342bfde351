import { describe, expect, it } from "vitest";
import { redirectOf, type Step } from "./redirect.ts";

function step(part: Partial<Step> = {}): Step {
  const headers = new Headers({
    authorization: "Bearer x",
    cookie: "a=b",
    "x-api-key": "k",
    accept: "text/html",
  });
  return { url: new URL("https://a.example/x"), method: "GET", headers, body: null, ...part };
}

describe("redirectOf", () => {
  it("keeps the headers on the same origin", () => {
    const next = redirectOf(step(), 302, "/y");
    expect(next.url.href).toBe("https://a.example/y");
    expect(next.headers.get("authorization")).toBe("Bearer x");
  });
  it.each(["https://b.example/", "http://a.example/", "https://a.example:444/"])(
    "leaves everything secret behind on the way to %s",
    (location) => {
      expect([...redirectOf(step(), 302, location).headers]).toEqual([["accept", "text/html"]]);
    },
  );
  it("turns a POST into a GET without its body, save where the standard keeps it", () => {
    const post = step({ method: "POST", body: "data" });
    expect(redirectOf(post, 302, "/y")).toMatchObject({ method: "GET", body: null });
    expect(redirectOf(post, 303, "https://b.example/")).toMatchObject({
      method: "GET",
      body: null,
    });
    expect(redirectOf(post, 307, "/y")).toMatchObject({ method: "POST", body: "data" });
    expect(redirectOf(step({ method: "HEAD" }), 303, "/y").method).toBe("HEAD");
  });
  it("never sends a body to a host it was not meant for", () => {
    const post = step({ method: "POST", body: "data" });
    expect(() => redirectOf(post, 307, "https://b.example/")).toThrow(
      "a.example wants what was sent to go to b.example instead; nothing was sent there.",
    );
  });
  it("says so when an address cannot be read or an upload cannot be sent twice", () => {
    expect(() => redirectOf(step(), 302, "http://[")).toThrow("an address nobody can read");
    const upload = step({ method: "PUT", body: new ReadableStream() });
    expect(() => redirectOf(upload, 308, "/y")).toThrow("wants the upload again");
  });
});
