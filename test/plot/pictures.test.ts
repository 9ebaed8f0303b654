import { describe, expect, it } from "vitest";
import type { PlotArea } from "../../src/plot/axes.ts";
import { barsOf } from "../../src/plot/bars.ts";
import { boxesOf } from "../../src/plot/boxes.ts";
import { type HeatMap, heatMapPicture, largestValue } from "../../src/plot/heat-map.ts";
import { legendOf } from "../../src/plot/legend.ts";
import { shareLines } from "../../src/plot/lines.ts";
import type { Markup } from "../../src/plot/markup.ts";
import { type Picture, svgFile } from "../../src/plot/picture.ts";
import { plotFigure } from "../../src/plot/plot-figure.ts";
import { unclosed } from "./support/unclosed.ts";

const AREA: PlotArea = { width: 240, height: 140, left: 20, right: 20, top: 20, bottom: 20 };
const NASTY = `<script>"it's" & more`;
const ESCAPED = "&lt;script&gt;&quot;it&#39;s&quot; &amp; more";

const fileOf = (marks: Markup): string =>
  svgFile({ title: NASTY, description: NASTY, width: 240, height: 140, marks });

const numbersOf = (text: string, pattern: RegExp): number[] =>
  [...text.matchAll(pattern)].map((match) => Number(match[1]));

const HEAT: HeatMap = {
  title: NASTY,
  subtitle: NASTY,
  explanation: NASTY,
  column: "block",
  rows: [
    { label: NASTY, strong: true },
    { label: "b", strong: false },
  ],
  panels: [
    {
      title: NASTY,
      values: [
        [0, 0.5],
        [1, -0.2],
      ],
    },
  ],
};

const box = { name: NASTY, low: 1, lower: 2, median: 3, upper: 4, high: 10 };
const PICTURES: Readonly<Record<string, Picture | Markup>> = {
  bars: barsOf(AREA, [{ text: NASTY, bars: [{ name: NASTY, share: 0.5 }, null] }], 0.75),
  boxes: boxesOf(AREA, [{ text: NASTY, boxes: [box], across: { name: NASTY, value: 5 } }], 0.75),
  lines: shareLines(AREA, [{ name: NASTY, points: [[1, 0.5, { low: 0.2, high: 0.7 }]] }], [[1, NASTY]], true),
  legend: legendOf([NASTY, NASTY], "lines", { left: 0, right: 240, top: 0 }).marks,
  "heat map": heatMapPicture(HEAT),
};

describe("every picture", () => {
  it("is looked at by a check that finds what is no tree", () => {
    expect(unclosed("<a><b/></a>")).toEqual([]);
    expect(unclosed('<a title="<b>"><b>')).toEqual(["a", "b"]);
    expect(() => unclosed("<a><b></a>")).toThrow("</a> closes another element");
  });

  it.each(Object.entries(PICTURES))(
    "of %s is a tree, escapes every text, and draws in numbers",
    (_, picture) => {
      const file = "marks" in picture ? svgFile(picture) : fileOf(picture);
      expect(unclosed(file)).toEqual([]);
      expect(file).toContain(ESCAPED);
      expect(file).not.toContain("<script>");
      expect(file).not.toMatch(/NaN|Infinity|undefined|null|\[object/);
    },
  );

  it("is readable by day and by night, with nothing from outside", () => {
    const file = fileOf(PICTURES.bars as Markup);
    expect(file).toContain("@media (prefers-color-scheme:dark)");
    expect(file.replace('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(/href|url\(|https?:/);
    const used = [...file.matchAll(/var\((--\w+)\)/g)].map((match) => match[1]!);
    expect(used).toContain("--ink");
    // By day and by night each.
    for (const name of new Set(used)) expect(file.split(`${name}:`)).toHaveLength(3);
  });
});

describe("bars", () => {
  const bar = { name: "a", share: 0.25 };

  it("are as high as their share, side by side, and leave the place of one that is missing", () => {
    const drawn = String(barsOf(AREA, [{ text: "p", bars: [bar, null, { ...bar, share: 1 }] }], 0.75));
    expect(numbersOf(drawn, /<rect [^>]* height="([\d.]+)"/g)).toEqual([25, 100]);
    expect(numbersOf(drawn, /<rect [^>]* x="([\d.]+)"/g)).toEqual([45, 145]);
    expect(drawn).toContain('<rect class="s2"');
    expect(drawn).not.toContain('<rect class="s1"');
  });

  it("have their share over them only where it has room and no interval stands there", () => {
    const one = (bars: Parameters<typeof barsOf>[1][number]["bars"], width = 240) =>
      String(barsOf({ ...AREA, width }, [{ text: "p", bars }], 0.75)).includes('class="value"');
    expect(one([bar])).toBe(true);
    expect(one([bar], 80)).toBe(false);
    expect(one([{ ...bar, interval: { low: 0, high: 1 } }])).toBe(false);
  });
});

describe("boxes", () => {
  it("reach from the lowest to the highest value, and the value across stays within the plot", () => {
    const group = { text: "p", boxes: [box], across: { name: "radius", value: 20 } };
    const drawn = String(boxesOf(AREA, [group], 0.75));
    // 20 is the top at y 20, 0 the bottom at y 120.
    expect(drawn).toContain('V70"');
    expect(drawn).toMatch(/<path class="mark dashed" d="M[\d.]+ 20h/);
    expect(numbersOf(drawn, /<rect [^>]* height="([\d.]+)"/g)).toEqual([10]);
  });
});

describe("lines", () => {
  it("stand on a logarithmic axis that spans ticks and points", () => {
    const points = [1, 10, 100].map((x) => [x, 0.5] as const);
    const drawn = String(shareLines(AREA, [{ name: "a", points }], [[1, "one"]], false));
    // From x 36 to 204, within the padding.
    expect(drawn).toContain('d="M36 70L120 70L204 70"');
    expect(drawn).not.toContain("<circle");
  });
});

describe("a legend", () => {
  it("names no single series, and takes more rows where a line is full", () => {
    const place = { left: 0, right: 100, top: 0 };
    expect(legendOf(["only"], "bars", place)).toMatchObject({ height: 0 });
    const { marks, height } = legendOf(["one", "two", "three"], "bars", place);
    expect(height).toBe(60);
    expect(numbersOf(String(marks), /translate\(([\d.]+) /g)).toEqual([0, 0, 0]);
  });

  it("makes its figure higher and leaves the plot its size", () => {
    const areaOf = (series: readonly string[]): PlotArea => {
      let given: PlotArea | undefined;
      const text = { id: "a", title: "a", description: "a", caption: "a", kind: "bars" as const, series };
      plotFigure(text, (area) => {
        given = area;
        return PICTURES.bars as Markup;
      });
      return given!;
    };
    const [without, with_] = [areaOf(["one"]), areaOf(["one", "two"])];
    expect(with_.height - without.height).toBe(20);
    expect(with_.height - with_.top).toBe(without.height - without.top);
  });
});

describe("a heat map", () => {
  const svg = svgFile(heatMapPicture(HEAT));

  it("shades each cell by its share of the largest value; below zero is no shade", () => {
    expect(numbersOf(svg, /fill-opacity="([\d.]+)"><title>/g)).toEqual([0, 0.5, 1, 0]);
    expect(svg).toContain(`<title>b, block 0: 1.000</title>`);
    expect(largestValue(HEAT)).toBe(1);
  });

  it("writes numbers into wide cells in white on deep shades", () => {
    expect(
      [...svg.matchAll(/<text class="(ink|white)"[^>]*font-size="11">([^<]+)/g)].map((match) =>
        match.slice(1),
      ),
    ).toEqual([
      ["ink", "0.00"],
      ["ink", "0.50"],
      ["white", "1.00"],
      ["ink", "-0.20"],
    ]);
  });

  it("leaves the numbers out and thins the columns' labels where there are many", () => {
    const values = [Array.from({ length: 48 }, () => 1), Array.from({ length: 48 }, () => 0)];
    const many = svgFile(heatMapPicture({ ...HEAT, panels: [{ title: "t", values }] }));
    expect(many).not.toContain('class="white"');
    const columns = numbersOf(many, /text-anchor="middle" font-size="11">(\d+)</g);
    expect([columns[0], columns.at(-1)]).toEqual([0, 47]);
    expect(columns.length).toBeLessThan(24);
  });

  it("has a scale where there is nothing to see", () => {
    const nothing = { ...HEAT, panels: [{ title: "t", values: [[0], [0]] }] };
    expect(svgFile(heatMapPicture(nothing))).not.toMatch(/NaN|Infinity/);
  });
});
