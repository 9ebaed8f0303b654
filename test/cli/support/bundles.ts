import { type BuiltBundle, buildBundle } from "../../../src/core/bundle/build-bundle.ts";
import { editSchema } from "../../../src/core/edit/edit.ts";
import type { CodebookPatch } from "../../../src/core/patch/kinds/codebook.ts";
import type { TestService } from "../../http/support/service.ts";
import { unwrap } from "../../onnx/support/unwrap.ts";

/** A block of the fixture model that carries a codebook. */
const LAYER = 2;
const RADIUS = 0.5;

/** One edit of a test bundle. */
export interface TestEdit {
  readonly id: string;
  readonly prompt: string;
  readonly target: string;
  /** Fills the value that the patch injects. */
  readonly value: number;
  /** Deferral radius; small where left out. */
  readonly radius?: number;
  /** The target as the patch has it; the same for all where left out. */
  readonly token?: number;
}

/** Two edits that tests begin with. */
export const FRANCE: TestEdit = {
  id: "france",
  prompt: "The capital of France is",
  target: " Oslo",
  value: 1,
};
export const NORWAY: TestEdit = {
  id: "norway",
  prompt: "The capital of Norway is",
  target: " Paris",
  value: 2,
};

const patchOf = ({ id, value, radius, token }: TestEdit, index: number, width: number): CodebookPatch => ({
  kind: "codebook",
  id,
  edits: [index],
  layer: LAYER,
  replace: "last",
  tensors: {
    keys: { shape: [1, width], data: new Float32Array(width).fill(index) },
    radii: { shape: [1], data: Float32Array.of(radius ?? RADIUS) },
    chains: { shape: [1], data: new Int32Array(1) },
    targets: { shape: [1, 1], data: Int32Array.of(token ?? 1) },
  },
  values: { shape: [1, 1, width], data: new Float32Array(width).fill(value) },
});

/** A bundle with one codebook patch for each edit. */
export const bundleOfEdits = async (
  { files: { model } }: Pick<TestService, "files">,
  edits: readonly TestEdit[],
  epochs = "10",
): Promise<BuiltBundle> =>
  unwrap(
    await buildBundle({
      edits: edits.map(({ id, prompt, target }) => editSchema.parse({ id, prompt, target })),
      patches: edits.map((edit, index) => patchOf(edit, index, model.dims.width)),
      method: "grace",
      parameters: { epochs },
      seed: 1,
      model,
      parent: null,
      report: null,
    }),
  );
