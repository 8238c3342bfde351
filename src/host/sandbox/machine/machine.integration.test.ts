import { describeSandbox } from "../../../testing/sandbox-suite.ts";
import { opensMachine, picturesHere } from "../../../testing/sandbox-fixture.ts";

describeSandbox("the bare machine (real Python, Node and shell)", opensMachine, {
  walled: false,
  node: true,
  pictures: picturesHere("python3"),
});
