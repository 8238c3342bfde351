import { describe, expect, it } from "vitest";
import { isAway, lookOfPlace } from "./place-look.ts";

describe("where a file is", () => {
  it("is said by where it is and how much of it the cloud has", () => {
    const said = (here: boolean, cloud: Parameters<typeof lookOfPlace>[0]["cloud"]) =>
      lookOfPlace({ here, cloud }).says;
    expect(said(true, "whole")).toBe("both");
    expect(said(true, "partly")).toBe("going");
    expect(said(true, "missing")).toBe("here");
    expect(said(true, "unknown")).toBe("hereAtLeast");
    expect(said(false, "whole")).toBe("cloud");
    expect(said(false, "missing")).toBe("missing");
    expect(said(false, "unknown")).toBe("notHere");
  });

  it("calls what is there half missing: it cannot be fetched", () => {
    expect(lookOfPlace({ here: false, cloud: "partly" }).says).toBe("missing");
    expect(isAway({ here: false, cloud: "partly" })).toBe(false);
    expect(isAway({ here: false, cloud: "whole" })).toBe(true);
    expect(isAway({ here: true, cloud: "whole" })).toBe(false);
    expect(isAway(null)).toBe(false);
  });
});
