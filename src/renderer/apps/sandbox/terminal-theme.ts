// The colours of a terminal, from the page's tokens: dark in every theme, as its screens are. The
// sixteen colours that programs name are the accents and what lies between them.
import type { ITheme } from "@xterm/xterm";

export type Rgb = readonly [red: number, green: number, blue: number];

const tokens = [
  "screen",
  "on-screen",
  "on-screen-muted",
  "yellow",
  "red",
  "blue",
  "mint",
  "lilac",
  "pink",
] as const;
export type TerminalColours = Readonly<Record<(typeof tokens)[number], Rgb>>;

/** As they are at an element of the page: xterm knows no `light-dark()`. */
export function coloursAt(element: Element): TerminalColours {
  const probe = document.createElement("span");
  element.append(probe);
  try {
    const read = (token: (typeof tokens)[number]): Rgb => {
      probe.style.color = `var(--${token})`;
      const parts = getComputedStyle(probe).color.match(/[\d.]+/g) ?? [];
      const [red = 0, green = 0, blue = 0] = parts.map(Number);
      return [red, green, blue];
    };
    return Object.fromEntries(tokens.map((token) => [token, read(token)])) as TerminalColours;
  } finally {
    probe.remove();
  }
}

export function terminalTheme(colours: TerminalColours): ITheme {
  const { screen, yellow, red, blue, mint, pink } = colours;
  const ink = colours["on-screen"];
  const cyan = mix(mint, blue, 0.4);
  const light = (colour: Rgb) => hex(mix(colour, ink, 0.4));
  return {
    background: hex(screen),
    foreground: hex(ink),
    cursor: hex(yellow),
    cursorAccent: hex(screen),
    selectionBackground: hex(mix(screen, yellow, 0.35)),
    selectionInactiveBackground: hex(mix(screen, yellow, 0.35)),
    scrollbarSliderBackground: hex(mix(screen, ink, 0.35)),
    scrollbarSliderHoverBackground: hex(mix(screen, ink, 0.5)),
    scrollbarSliderActiveBackground: hex(yellow),
    black: hex(mix(screen, ink, 0.2)),
    red: hex(red),
    green: hex(mint),
    yellow: hex(yellow),
    blue: hex(mix(blue, ink, 0.15)),
    magenta: hex(pink),
    cyan: hex(cyan),
    white: hex(mix(ink, screen, 0.15)),
    brightBlack: hex(colours["on-screen-muted"]),
    brightRed: light(red),
    brightGreen: light(mint),
    brightYellow: light(yellow),
    brightBlue: light(blue),
    brightMagenta: light(pink),
    brightCyan: light(cyan),
    brightWhite: hex(ink),
  };
}

/** `part` of the second in the first. */
export const mix = (one: Rgb, other: Rgb, part: number): Rgb => [
  one[0] + (other[0] - one[0]) * part,
  one[1] + (other[1] - one[1]) * part,
  one[2] + (other[2] - one[2]) * part,
];

export const hex = (colour: Rgb): string =>
  `#${colour.map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;
