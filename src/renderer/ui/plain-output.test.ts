import { describe, expect, it } from "vitest";
import { lastLines, plainOutput } from "./plain-output.ts";

const esc = "\u001b";

describe("what a program printed", () => {
  it("reads without colours, moves and titles", () => {
    expect(plainOutput(`${esc}[1;31mred${esc}[0m and ${esc}[2Kplain`)).toBe("red and plain");
    expect(plainOutput(`${esc}]0;a title\u0007after`)).toBe("after");
    expect(plainOutput(`${esc}]8;;https://a.example${esc}\\link${esc}]8;;${esc}\\`)).toBe("link");
    expect(plainOutput(`${esc}(Bx${esc}7y\u009b31mz`)).toBe("xyz");
  });

  it("keeps the last version of a line that was written over", () => {
    expect(plainOutput("10 %\r50 %\r100 %\ndone\r\n")).toBe("100 %\ndone\n");
    expect(plainOutput("50 %\r")).toBe("50 %");
  });

  it("keeps tabs and lines, and nothing that rings or hides", () => {
    expect(plainOutput("a\tb\n\u0007c\u0000d\u007f")).toBe("a\tb\ncd");
  });

  it("does not take long for a sequence that never ends", () => {
    const long = `${esc}]`.repeat(50_000);
    expect(plainOutput(long).length).toBeLessThan(long.length);
  });

  it("is cut to its last lines", () => {
    expect(lastLines("a\nb\nc\n", 2)).toEqual({ text: "b\nc", isCut: true });
    expect(lastLines("a\nb\n", 2)).toEqual({ text: "a\nb", isCut: false });
    expect(lastLines("", 2)).toEqual({ text: "", isCut: false });
    expect(lastLines("\n\nx", 1)).toEqual({ text: "x", isCut: true });
  });
});
