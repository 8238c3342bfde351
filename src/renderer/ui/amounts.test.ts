import { describe, expect, it } from "vitest";
import { ago, count, duration, left, money, size } from "./amounts.ts";

type Amount = (locale: string, value: number) => string;
const english = (amount: Amount) => (value: number) => amount("en", value);

describe("amounts in words", () => {
  it("tell durations in the unit that fits", () => {
    const shown = [0, 49, 300, 1_240, 12_400, 59_999, 125_000, 179_900, 3_780_000].map(
      english(duration),
    );
    expect(shown).toEqual([
      "<0.1 s",
      "<0.1 s",
      "0.3 s",
      "1.2 s",
      "12 s",
      "1 min 0 s",
      "2 min 5 s",
      "3 min 0 s",
      "1 h 3 min",
    ]);
  });

  it("tell sizes in decimal units", () => {
    const shown = [0, 1, 512, 999, 2_100, 999_900, 5_200_000_000, 140_000_000].map(english(size));
    expect(shown).toEqual([
      "0 bytes",
      "1 byte",
      "512 bytes",
      "999 bytes",
      "2.1 KB",
      "1 MB",
      "5.2 GB",
      "140 MB",
    ]);
  });

  it("tell money to the cent, and say when it is less than one", () => {
    expect([0, 5, 0.42, 1.5, 0.004].map(english(money))).toEqual([
      "$0",
      "$5",
      "$0.42",
      "$1.50",
      "<$0.01",
    ]);
  });

  it("tell how long ago, and a date after a week", () => {
    const now = Date.UTC(2026, 4, 20, 12);
    const minuteMs = 60_000;
    expect(ago("en", now - 1_000, now)).toBe("now");
    expect(ago("en", now + 5_000, now)).toBe("now");
    expect(ago("en", now - 5 * minuteMs, now)).toBe("5 minutes ago");
    expect(ago("en", now - 26 * 60 * minuteMs, now)).toBe("yesterday");
    expect(ago("en", Date.UTC(2026, 4, 1, 12), now)).toBe("May 1, 2026");
  });

  it("counts down in whole seconds", () => {
    expect(left("en", 900)).toBe("1 s");
    expect(left("en", 10_000)).toBe("10 s");
    expect(left("en", 10_001)).toBe("11 s");
    expect(left("en", 125_000)).toBe("2 min 5 s");
  });

  it("shorten large counts", () => {
    expect([980, 18_240, 1_400_000].map((value) => count("en", value))).toEqual([
      "980",
      "18.2K",
      "1.4M",
    ]);
  });

  it("read as German does: a comma, the sign behind, no abbreviated thousand", () => {
    const spaced = (text: string) => text.replaceAll("\u00a0", " ");
    expect([20, 1_240, 125_000].map((ms) => duration("de", ms))).toEqual([
      "<0,1 s",
      "1,2 s",
      "2 min 5 s",
    ]);
    expect([1, 512, 2_100, 140_000_000].map((bytes) => spaced(size("de", bytes)))).toEqual([
      "1 Byte",
      "512 Byte",
      "2,1 KB",
      "140 MB",
    ]);
    expect([5, 0.42, 0.004].map((usd) => spaced(money("de", usd)))).toEqual([
      "5 $",
      "0,42 $",
      "<0,01 $",
    ]);
    expect([18_240, 1_400_000].map((value) => spaced(count("de", value)))).toEqual([
      "18.240",
      "1,4 Mio.",
    ]);
    const now = Date.UTC(2026, 4, 20, 12);
    expect(ago("de", now - 5 * 60_000, now)).toBe("vor 5 Minuten");
    expect(ago("de", Date.UTC(2026, 4, 1, 12), now)).toBe("01.05.2026");
  });
});
