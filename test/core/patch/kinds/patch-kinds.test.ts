import { expect, it } from "vitest";
import { PATCH_KINDS } from "../../../../src/core/patch/kinds/patch-kinds.ts";
import { ALL_KINDS, PATCH_KIND_NAMES } from "../../../../src/core/patch/patch.ts";
import { EMPTY_PATCH_SET } from "../../../../src/core/patch/patch-set.ts";
import { patchKindContract } from "../../../contract/patch-kind/patch-kind-contract.ts";
import { KIND_SAMPLES } from "./kind-samples.ts";

for (const name of PATCH_KIND_NAMES) await patchKindContract(name, KIND_SAMPLES[name]);

it("every kind has a list of its own in a patch set, empty under the bare model", () => {
  expect(PATCH_KIND_NAMES).toEqual(Object.keys(PATCH_KINDS));
  const { digest, bytes, ...lists } = EMPTY_PATCH_SET;
  expect([digest, bytes]).toEqual(["none", 0]);
  expect(lists).toEqual(Object.fromEntries(ALL_KINDS.map(({ list }) => [list, []])));
  expect(Object.keys(lists)).toHaveLength(ALL_KINDS.length);
});
