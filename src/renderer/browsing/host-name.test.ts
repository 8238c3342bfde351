import { expect, it } from "vitest";
import { hostName } from "./host-name.ts";

it("is found in what a person types, with its port where it has one", () => {
  expect(hostName(" PyPI.org ")).toBe("pypi.org");
  expect(hostName("https://files.example.com/a?b")).toBe("files.example.com");
  expect(hostName("example.com:8443")).toBe("example.com:8443");
  expect(hostName("bücher.example")).toBe("xn--bcher-kva.example");
  for (const none of ["", "two words", "localhost", "a@b.example", "*.example.com", "[::1]"])
    expect(hostName(none), none).toBeNull();
});
