import { describe, expect, it } from "vitest";
import { hex, mix, terminalTheme, type Rgb, type TerminalColours } from "./terminal-theme.ts";

const colours: TerminalColours = {
  screen: [20, 18, 15],
  "on-screen": [246, 240, 225],
  "on-screen-muted": [179, 170, 151],
  yellow: [255, 217, 61],
  red: [255, 90, 54],
  blue: [91, 134, 255],
  mint: [47, 216, 160],
  lilac: [195, 166, 255],
  pink: [255, 155, 210],
};

function contrast(one: Rgb, other: Rgb): number {
  const light = (colour: Rgb) => {
    const [red = 0, green = 0, blue = 0] = colour.map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [high = 0, low = 0] = [light(one), light(other)].toSorted((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

const rgb = (colour: string): Rgb => [
  parseInt(colour.slice(1, 3), 16),
  parseInt(colour.slice(3, 5), 16),
  parseInt(colour.slice(5, 7), 16),
];

describe("a terminal's colours", () => {
  it("are mixed and written as one reads them", () => {
    expect(hex([0, 255, 16])).toBe("#00ff10");
    expect(mix([0, 0, 0], [100, 50, 10], 0.5)).toEqual([50, 25, 5]);
  });

  it("can all be read on the screen, but for black", () => {
    const { background = "", black: _black, ...theme } = terminalTheme(colours);
    const written = Object.entries(theme).filter(([name]) =>
      /^(?:bright|red|green|yellow|blue|magenta|cyan|white|foreground|cursor$)/.test(name),
    );
    expect(written.length).toBeGreaterThan(14);
    for (const [name, colour] of written)
      expect(contrast(rgb(String(colour)), rgb(background)), name).toBeGreaterThan(4.5);
  });
});
