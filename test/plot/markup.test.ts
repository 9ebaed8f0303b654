import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { markup, verbatim } from "../../src/plot/markup.ts";

describe("markup", () => {
  it("escapes texts, between tags and in attributes, and keeps markup and numbers as they are", () => {
    const inner = markup`<i>${"a < b & c"}</i>`;
    expect(String(markup`<p title="${`"it's"`}">${inner}${1.5}${verbatim("<br>")}</p>`)).toBe(
      '<p title="&quot;it&#39;s&quot;"><i>a &lt; b &amp; c</i>1.5<br></p>',
    );
  });

  it("puts lists in one item after another and nothing for what is missing", () => {
    expect(String(markup`${["<", markup`<b>${2}</b>`]}${null}${undefined}${false}${[]}|`)).toBe(
      "&lt;<b>2</b>|",
    );
  });

  it("lets no text out of its place", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(String(markup`${text}`)).not.toMatch(/[<>"']/);
      }),
    );
  });
});
