import { describe, expect, it } from "vitest";
import {
  BUNDLE_MAX_PARAMETERS,
  BUNDLE_MAX_PATCHES,
  type Manifest,
  METHOD_NAME_MAX_LENGTH,
  PARAMETER_MAX_LENGTH,
  parseManifest,
} from "../../../src/core/bundle/manifest.ts";
import { BUNDLE_MAX_SIGNATURES, signaturesSchema } from "../../../src/core/bundle/signature.ts";
import { BUNDLE_MAX_EDITS, EDIT_ID_MAX_LENGTH } from "../../../src/core/edit/edit.ts";
import { MODEL_NAME_MAX_LENGTH } from "../../../src/core/model/model-name.ts";
import {
  PATCH_MAX_TENSORS,
  TENSOR_MAX_RANK,
  TENSOR_NAME_MAX_LENGTH,
  type TensorRecord,
} from "../../../src/core/patch/blob-record.ts";
import type { PatchRecord } from "../../../src/core/patch/patch.ts";
import { generateSigner, sampleBundle } from "../support/sample-bundle.ts";

const { manifest, manifestBytes } = await sampleBundle();
const [patch] = manifest.patches as [PatchRecord];
const [tensor] = patch.tensors as [TensorRecord];

const parse = (members: Partial<Manifest>) =>
  parseManifest(new TextEncoder().encode(JSON.stringify({ ...manifest, ...members })));

const withPatch = (members: Partial<PatchRecord>) => ({
  patches: [{ ...patch, ...members } as PatchRecord],
});
const withTensor = (members: Partial<TensorRecord>) => withPatch({ tensors: [{ ...tensor, ...members }] });
const many = <Item>(count: number, make: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** Each limit: its name, its value, a manifest of that size, and the place that a refusal names. */
const CASES: readonly (readonly [string, number, (size: number) => Partial<Manifest>, string])[] = [
  [
    "edits",
    BUNDLE_MAX_EDITS,
    (size) => ({ edits: many(size, () => ({ ...manifest.edits[1]!, prompt: "p" })) }),
    "edits",
  ],
  [
    "patches",
    BUNDLE_MAX_PATCHES,
    (size) => ({ patches: many(size, (index) => ({ ...patch, id: `${index}` })) }),
    "patches",
  ],
  [
    "hyper-parameters",
    BUNDLE_MAX_PARAMETERS,
    (size) => ({ parameters: Object.fromEntries(many(size, (index) => [`p${index}`, ""])) }),
    "parameters",
  ],
  [
    "characters of a hyper-parameter's value",
    PARAMETER_MAX_LENGTH,
    (size) => ({ parameters: { rate: "x".repeat(size) } }),
    "parameters.rate",
  ],
  [
    "characters of a hyper-parameter's name",
    PARAMETER_MAX_LENGTH,
    (size) => ({ parameters: { ["x".repeat(size)]: "" } }),
    `parameters.${"x".repeat(PARAMETER_MAX_LENGTH + 1)}`,
  ],
  [
    "characters of the method's name",
    METHOD_NAME_MAX_LENGTH,
    (size) => ({ method: "x".repeat(size) }),
    "method",
  ],
  [
    "characters of the model's name",
    MODEL_NAME_MAX_LENGTH,
    (size) => ({ model: { ...manifest.model, name: "x".repeat(size) } }),
    "model.name",
  ],
  [
    "characters of an edit's id",
    EDIT_ID_MAX_LENGTH,
    (size) => ({ edits: [{ ...manifest.edits[0]!, id: "x".repeat(size) }, manifest.edits[1]!] }),
    "edits.0.id",
  ],
  [
    "characters of a patch's id",
    EDIT_ID_MAX_LENGTH,
    (size) => withPatch({ id: "x".repeat(size) }),
    "patches.0.id",
  ],
  [
    "edits of one patch",
    BUNDLE_MAX_EDITS,
    (size) => withPatch({ edits: many(size, () => 0) }),
    "patches.0.edits",
  ],
  [
    "tensors of a patch",
    PATCH_MAX_TENSORS,
    (size) => withPatch({ tensors: many(size, () => tensor) }),
    "patches.0.tensors",
  ],
  [
    "characters of a tensor's name",
    TENSOR_NAME_MAX_LENGTH,
    (size) => withTensor({ name: "x".repeat(size) }),
    "patches.0.tensors.0.name",
  ],
  [
    "dimensions of a tensor",
    TENSOR_MAX_RANK,
    (size) => withTensor({ shape: many(size, () => 1) }),
    "patches.0.tensors.0.shape",
  ],
];

describe("a manifest may have", () => {
  it.each(CASES)("so many %s (%i) and not one more", (_, limit, membersOf, param) => {
    expect(parse(membersOf(limit))).toMatchObject({ ok: true });
    expect(parse(membersOf(limit + 1))).toMatchObject({
      ok: false,
      problem: { code: "malformed_manifest", param },
    });
  });
});

describe("signatures.json may have", () => {
  it("16 signatures and not one more", async () => {
    const signature = await (await generateSigner()).sign(manifestBytes);
    const parseSignatures = (size: number) => signaturesSchema.safeParse(many(size, () => signature)).success;
    expect([parseSignatures(BUNDLE_MAX_SIGNATURES), parseSignatures(BUNDLE_MAX_SIGNATURES + 1)]).toEqual([
      true,
      false,
    ]);
  });
});
