import { describe, it } from "vitest";
import { describeAttacks } from "../../../testing/sandbox-attacks.ts";
import { describeSandbox } from "../../../testing/sandbox-suite.ts";
import { opensDocker, realEngine } from "./docker.fixture.ts";

const name = "a sandbox of Docker (real engine)";
const engine = await realEngine();

if (engine === null)
  describe(name, () => {
    it.skipIf(process.env["CI"] !== "true")("needs an engine that answers", () => {
      throw new Error("No Docker engine answers: npm test starts one on Debian as root.");
    });
  });
else {
  describeSandbox(name, opensDocker(engine), { walled: true, node: true, pictures: true });
  describeAttacks(name, opensDocker(engine), { strictFilter: false });
}
