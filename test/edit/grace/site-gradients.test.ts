import { beforeAll, describe, expect, it } from "vitest";
import type { CodebookHook } from "../../../src/core/model/prepared-model.ts";
import type { Replacement } from "../../../src/core/patch/codebook/codebook-content.ts";
import type { CodebookPatch } from "../../../src/core/patch/kinds/codebook.ts";
import { openSiteGradients } from "../../../src/edit/grace/site-gradients.ts";
import type { EditingContext } from "../../../src/edit/method.ts";
import { patchSetOf, tinyContext } from "../support/tiny-context.ts";

const PROMPT = "The capital of France is";
const TARGETS = [40, 51, 0];

let context: EditingContext;
const hookOf = (layer: number): CodebookHook =>
  context.model.hooks.find((hook): hook is CodebookHook => hook.kind === "codebook" && hook.layer === layer)!;

beforeAll(async () => {
  context = await tinyContext();
});

const open = async (layer: number, replace: Replacement) => {
  const sites = openSiteGradients(context.model, context.graph, hookOf(layer));
  const site = await sites.open(context.engine.tokenizer.encode(PROMPT), TARGETS, replace);
  if (!site.ok) throw new Error(site.problem.message);
  return { sites, site: site.value, values: site.value.initialValues() };
};

describe.each([
  [1, "last"],
  [1, "prompt"],
  [2, "last"],
  [2, "prompt"],
] as const)("gradients of a chain injected at block %i, replacing %s", (layer, replace) => {
  it("give the loss that the engine's decoder gives under a patch with these values", async () => {
    const { sites, site, values } = await open(layer, replace);
    for (let i = 0; i < values.length; i++) values[i]! += Math.sin(i);
    const loss = await sites.accumulate(site, values, new Float32Array(values.length));
    const width = hookOf(layer).width;
    const patch: CodebookPatch = {
      kind: "codebook",
      id: "chain",
      edits: [0],
      layer,
      replace,
      tensors: {
        keys: { shape: [1, width], data: new Float32Array(width) },
        radii: { shape: [1], data: Float32Array.of(1e6) },
        chains: { shape: [1], data: new Int32Array(1) },
        targets: { shape: [1, TARGETS.length], data: Int32Array.from(TARGETS) },
      },
      values: { shape: [1, TARGETS.length, width], data: values },
    };
    const score = await context.engine.score(PROMPT, TARGETS, patchSetOf(context, [patch]));
    if (!score.ok) throw new Error(score.problem.message);
    const mean = -score.value.tokens.reduce((sum, { logprob }) => sum + logprob, 0) / TARGETS.length;
    expect(loss).toBeCloseTo(mean, 4);
  });

  it("agree with central finite differences", async () => {
    const { sites, site, values } = await open(layer, replace);
    const gradient = new Float32Array(values.length);
    await sites.accumulate(site, values, gradient);
    const unused = new Float32Array(values.length);
    const step = 2e-2;
    // Along a direction, so that float32 rounding of the loss stays far below the slope.
    const direction = Float32Array.from(values, (_, i) => Math.cos(3 * i));
    const shifted = (sign: number) => values.map((value, i) => value + sign * step * direction[i]!);
    const up = await sites.accumulate(site, shifted(1), unused);
    const down = await sites.accumulate(site, shifted(-1), unused);
    const slope = gradient.reduce((sum, g, i) => sum + g * direction[i]!, 0);
    expect((up - down) / (2 * step)).toBeCloseTo(slope, 3);
  });
});

it.each([1, 2])(
  "leave the loss of the model at block %i as it is when its own states are injected",
  async (layer) => {
    const { sites, site, values } = await open(layer, "last");
    const loss = await sites.accumulate(site, values, new Float32Array(values.length));
    const bare = await context.engine.score(PROMPT, TARGETS, patchSetOf(context, []));
    if (!bare.ok) throw new Error(bare.problem.message);
    const mean = -bare.value.tokens.reduce((sum, { logprob }) => sum + logprob, 0) / TARGETS.length;
    expect(loss).toBeCloseTo(mean, 4);
  },
);

it("refuses a prompt and target that exceed the context together", async () => {
  const sites = openSiteGradients(context.model, context.graph, hookOf(2));
  const prompt = new Array<number>(46).fill(40);
  expect(await sites.open(prompt, [40, 41, 0], "last")).toMatchObject({ ok: true });
  expect(await sites.open(prompt, [40, 41, 42, 0], "last")).toMatchObject({
    ok: false,
    problem: { code: "prompt_too_long" },
  });
});
