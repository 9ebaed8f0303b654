import { describe, expect, it } from "vitest";
import { findHook, type HookPlace, hooksAt } from "../../../src/core/model/find-hook.ts";
import { sampleModel } from "../support/sample-model.ts";

const model = await sampleModel();
const need = { who: "The method", advice: "Choose another.", param: "layer", detail: { asked: 7 } };

describe("findHook", () => {
  it("finds the hook of a kind at a layer, and of one linear layer where that is named", () => {
    expect(findHook(model, { kind: "codebook", layer: 1 }, need)).toEqual({
      ok: true,
      value: model.hooks[3],
    });
    expect(findHook(model, { kind: "low-rank", layer: 0, site: "down" }, need)).toEqual({
      ok: true,
      value: model.hooks[1],
    });
    expect(hooksAt(model, { kind: "low-rank" })).toEqual(model.hooks.slice(0, 2));
  });

  it.each<[HookPlace, string]>([
    [
      { kind: "codebook", layer: 0 },
      'The method needs a hook for codebook patches on layer 0; model "sample" has some on layers 1. Choose another.',
    ],
    [
      { kind: "low-rank", layer: 1, site: "down" },
      'The method needs a hook for low-rank patches on the down projection of layer 1; model "sample" has some on layers 0. Choose another.',
    ],
    [
      { kind: "low-rank", site: "gate" },
      'The method needs a hook for low-rank patches on the gate projection of a layer; model "sample" has no block with one. Choose another.',
    ],
  ])("refuses %j, saying where there are some", (place, message) => {
    expect(findHook(model, place, need)).toEqual({
      ok: false,
      problem: { code: "wrong_base_model", message, param: "layer", detail: { asked: 7 } },
    });
  });
});
