// Draws a mermaid diagram as a picture. Mermaid is loaded by the first diagram asked for. The picture
// is shown through <img>, where nothing in it runs, loads or can be clicked.
import mermaid from "mermaid";
import type { MermaidConfig } from "mermaid";

export interface DiagramPicture {
  svg: string;
  width: number;
  height: number;
}

type Token =
  | "paper"
  | "card"
  | "ink"
  | "muted"
  | "line"
  | "yellow"
  | "blue"
  | "mint"
  | "lilac"
  | "pink"
  | "red"
  | "on-accent";
type Colours = Record<Token, string>;

// Fonts of the page do not reach into a picture: measure with one that every picture has.
const fontFamily = "system-ui, sans-serif";
const longest = 20_000;

/** Throws when the source is no diagram. Draws in the colours of `look`, an element of the page. */
export async function drawDiagram(source: string, look: Element): Promise<DiagramPicture> {
  const place = document.createElement("div");
  place.style.cssText = "position:absolute;left:-10000px;top:0;width:1200px;visibility:hidden";
  document.body.append(place);
  try {
    mermaid.initialize(config(coloursOf(look)));
    if (!(await mermaid.parse(source))) throw new Error("Not a diagram.");
    return sized(await measured(source, place));
  } finally {
    place.remove();
  }
}

/**
 * The page's policy refuses mermaid's own style element, by which its text would be measured wrongly.
 * The first drawing only tells the rules; the second is made while the page has adopted them. (The
 * browser's console reports each refusal; in the picture, which no policy binds, the styles hold.)
 */
async function measured(source: string, place: Element): Promise<string> {
  const id = `diagram-${crypto.randomUUID()}`;
  const first = await mermaid.render(id, source, place);
  const rules = /<style[^>]*>([\s\S]*?)<\/style>/.exec(first.svg)?.[1] ?? "";
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(rules);
  document.adoptedStyleSheets.push(sheet);
  try {
    place.replaceChildren();
    return (await mermaid.render(id, source, place)).svg;
  } finally {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
  }
}

/** As a picture of its own it needs a size in pixels. */
function sized(svg: string): DiagramPicture {
  const [, box = ""] = /<svg[^>]*\sviewBox="([^"]+)"/.exec(svg) ?? [];
  const [, , width = 600, height = 400] = box.split(/[\s,]+/).map(Number);
  const opened = svg.replace(/<svg[^>]*>/, (tag) =>
    tag
      .replace(/\s(?:width|height)="[^"]*"/g, "")
      .replace("<svg", `<svg width="${width}" height="${height}"`),
  );
  return { svg: opened, width: Math.ceil(width), height: Math.ceil(height) };
}

/** The tokens as plain colours: mermaid computes with them and knows no `light-dark()`. */
function coloursOf(look: Element): Colours {
  const probe = document.createElement("span");
  look.append(probe);
  const colour = (token: Token) => {
    probe.style.color = `var(--${token})`;
    const [red = 0, green = 0, blue = 0] = (getComputedStyle(probe).color.match(/\d+/g) ?? []).map(
      Number,
    );
    return `#${[red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("")}`;
  };
  try {
    return {
      paper: colour("paper"),
      card: colour("card"),
      ink: colour("ink"),
      muted: colour("muted"),
      line: colour("line"),
      yellow: colour("yellow"),
      blue: colour("blue"),
      mint: colour("mint"),
      lilac: colour("lilac"),
      pink: colour("pink"),
      red: colour("red"),
      "on-accent": colour("on-accent"),
    };
  } finally {
    probe.remove();
  }
}

function config(colours: Colours): MermaidConfig {
  const accents = [
    colours.yellow,
    colours.mint,
    colours.lilac,
    colours.blue,
    colours.pink,
    colours.red,
  ];
  const numbered = (name: (index: number) => string, value: (index: number) => string) =>
    Object.fromEntries(Array.from({ length: 12 }, (_, index) => [name(index), value(index)]));
  const accent = (index: number) => accents[index % accents.length] ?? colours.yellow;
  return {
    startOnLoad: false,
    securityLevel: "strict",
    htmlLabels: false,
    suppressErrorRendering: true,
    maxTextSize: longest,
    maxEdges: 500,
    // What a diagram's own directives may not change.
    secure: [
      "secure",
      "securityLevel",
      "startOnLoad",
      "htmlLabels",
      "flowchart",
      "class",
      "maxTextSize",
      "maxEdges",
      "suppressErrorRendering",
      "themeCSS",
      "fontFamily",
    ],
    fontFamily,
    look: "classic",
    theme: "base",
    themeCSS: themeRules(colours),
    themeVariables: {
      fontFamily,
      fontSize: "15px",
      background: colours.card,
      primaryColor: colours.yellow,
      primaryTextColor: colours["on-accent"],
      primaryBorderColor: colours.line,
      secondaryColor: colours.mint,
      secondaryTextColor: colours["on-accent"],
      secondaryBorderColor: colours.line,
      tertiaryColor: colours.paper,
      tertiaryTextColor: colours.ink,
      tertiaryBorderColor: colours.line,
      lineColor: colours.line,
      textColor: colours.ink,
      titleColor: colours.ink,
      nodeTextColor: colours["on-accent"],
      edgeLabelBackground: colours.card,
      clusterBkg: colours.paper,
      clusterBorder: colours.muted,
      noteBkgColor: colours.pink,
      noteTextColor: colours["on-accent"],
      noteBorderColor: colours.line,
      actorBkg: colours.yellow,
      actorTextColor: colours["on-accent"],
      actorBorder: colours.line,
      actorLineColor: colours.muted,
      signalColor: colours.line,
      signalTextColor: colours.ink,
      labelBoxBkgColor: colours.lilac,
      labelTextColor: colours["on-accent"],
      loopTextColor: colours.ink,
      activationBkgColor: colours.blue,
      sectionBkgColor: colours.paper,
      altSectionBkgColor: colours.card,
      taskBkgColor: colours.blue,
      taskBorderColor: colours.line,
      taskTextColor: colours["on-accent"],
      taskTextDarkColor: colours["on-accent"],
      taskTextOutsideColor: colours.ink,
      gridColor: colours.muted,
      pieStrokeColor: colours.line,
      pieOuterStrokeColor: colours.line,
      pieTitleTextColor: colours.ink,
      pieLegendTextColor: colours.ink,
      pieSectionTextColor: colours["on-accent"],
      pieOpacity: "1",
      rowOdd: colours.yellow,
      rowEven: colours.yellow,
      attributeBackgroundColorOdd: colours.yellow,
      attributeBackgroundColorEven: colours.yellow,
      commitLabelColor: colours.ink,
      commitLabelBackground: colours.paper,
      classText: colours["on-accent"],
      labelColor: colours["on-accent"],
      stateLabelColor: colours["on-accent"],
      ...numbered((index) => `pie${index + 1}`, accent),
      ...numbered((index) => `cScale${index}`, accent),
      ...numbered(
        (index) => `cScaleLabel${index}`,
        () => colours["on-accent"],
      ),
    },
  };
}

/** What the theme's variables cannot say: words on a line are not words in a box. */
function themeRules({ ink, card, ...colours }: Colours): string {
  return `
    .node :is(text, tspan) { fill: ${colours["on-accent"]}; }
    .edgeLabel :is(text, tspan) { fill: ${ink}; }
    .edgeLabel :is(rect, .background) { fill: ${card} !important; opacity: 1 !important; }
    .node :is(rect, circle, ellipse, polygon, path) { stroke-width: 2px; }
  `;
}
