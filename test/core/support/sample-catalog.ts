import { MANIFEST_FORMAT, type Manifest } from "../../../src/core/bundle/manifest.ts";
import type { Digest } from "../../../src/core/digest.ts";
import type { PatchSource } from "../../../src/core/release/patch-catalog.ts";

/** A digest that a number makes. */
export const digestNumber = (number: number): Digest => `sha256:${String(number).padStart(64, "0")}`;

/** A manifest of one patch for each `id:content`, equal contents sharing a blob; each patch has its own edit. */
export const manifestOf = (...patches: readonly string[]): Manifest => ({
  format: MANIFEST_FORMAT,
  parent: null,
  model: { name: "world", digest: digestNumber(1), tokenizer: digestNumber(2) },
  method: "grace",
  parameters: {},
  seed: 0,
  edits: patches.map((patch) => ({
    prompt: `prompt of ${patch}`,
    target: patch,
    paraphrases: [],
    locality: [],
    portability: [],
  })),
  patches: patches.map((patch, index) => {
    const [id = "", content = "0"] = patch.split(":");
    const blob = digestNumber(Number(content));
    const tensors = [{ name: "K", dtype: "F32" as const, shape: [1, 4] }];
    return { kind: "neurons", id, layer: 1, edits: [index], tensors, blob, bytes: 1 };
  }),
  report: null,
});

/** A bundle as a source of patches. */
export const bundleSource = (...patches: readonly string[]): PatchSource => ({
  hotfix: null,
  manifest: manifestOf(...patches),
});

/** A hotfix, named by a number, as a source of patches. */
export const hotfixSource = (number: number, ...patches: readonly string[]): PatchSource => ({
  hotfix: digestNumber(number),
  manifest: manifestOf(...patches),
});
