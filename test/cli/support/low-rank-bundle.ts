import { type BuiltBundle, buildBundle } from "../../../src/core/bundle/build-bundle.ts";
import { editSchema } from "../../../src/core/edit/edit.ts";
import type { PreparedModel } from "../../../src/core/model/prepared-model.ts";
import type { LowRankPatch } from "../../../src/core/patch/kinds/low-rank.ts";
import type { Patch } from "../../../src/core/patch/patch.ts";
import { seededNormals } from "../../onnx/support/seeded.ts";
import { unwrap } from "../../onnx/support/unwrap.ts";

/** Large enough to move logits, small enough that the model still answers from its weights. */
const SCALE = 0.2;

/** A random patch of a down-projection that `model` has a hook for, of edit `edit`. */
export const randomLowRank = (model: PreparedModel, id: string, edit: number, rank: number): LowRankPatch => {
  const hook = model.hooks.find((found) => found.kind === "low-rank" && found.site === "down");
  if (hook?.kind !== "low-rank") throw new Error("the model has no hook at a down-projection");
  const normals = seededNormals(edit + 17);
  const draw = (count: number) => Float32Array.from(normals(count), (value) => SCALE * value);
  return {
    kind: "low-rank",
    id,
    edits: [edit],
    layer: hook.layer,
    site: "down",
    tensors: {
      A: { shape: [hook.in, rank], data: draw(hook.in * rank) },
      B: { shape: [rank, hook.out], data: draw(rank * hook.out) },
    },
  };
};

/** A bundle of `patches`, with as many edits as they name. */
export const bundleOfPatches = async (
  model: PreparedModel,
  patches: readonly Patch[],
): Promise<BuiltBundle> => {
  const edits = 1 + Math.max(...patches.flatMap((patch) => patch.edits));
  return unwrap(
    await buildBundle({
      edits: Array.from({ length: edits }, (_, index) =>
        editSchema.parse({ prompt: `The capital of country ${index} is`, target: "Oslo" }),
      ),
      patches,
      method: "rome",
      parameters: { layer: "1" },
      seed: 1,
      model,
      parent: null,
      report: null,
    }),
  );
};
