import { existsSync } from "node:fs";
import { describe, it } from "vitest";
import { describeAttacks } from "../../../testing/sandbox-attacks.ts";
import { describeSandbox } from "../../../testing/sandbox-suite.ts";
import { bubblewrapHere, opensBubblewrap, picturesHere } from "../../../testing/sandbox-fixture.ts";

const name = "a sandbox of bubblewrap (real bwrap)";
const found = await bubblewrapHere();

if (found === null)
  describe(name, () => {
    it.skipIf(process.env["CI"] !== "true")("needs bubblewrap and user namespaces", () => {
      throw new Error("Bubblewrap is missing: npm run provision installs it.");
    });
  });
else {
  describeSandbox(name, opensBubblewrap(found), {
    walled: true,
    node: existsSync("/usr/bin/node"),
    pictures: picturesHere(found.python),
  });
  describeAttacks(name, opensBubblewrap(found), { strictFilter: true });
}
