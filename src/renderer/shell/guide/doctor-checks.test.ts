import { expect, it } from "vitest";
import type { Check } from "../../../contract/system.ts";
import { checksShown } from "./doctor-checks.ts";

const check = (name: string, state: Check["state"]): Check => ({ name, state, found: "" });

it("shows what the doctor warns of and what the agent can use, not what is well or shown elsewhere", () => {
  const checks = [
    check("Node", "ok"),
    check("Disk space", "warning"),
    check("Models", "missing"),
    check("Keys", "warning"),
    check("Sandbox", "ok"),
    check("Browser", "warning"),
  ];
  expect(checksShown(checks).map(({ name }) => name)).toEqual(["Disk space", "Sandbox", "Browser"]);
});
