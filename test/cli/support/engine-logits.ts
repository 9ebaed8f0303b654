import type { PreparedFiles } from "../../../src/core/model/prepared-files.ts";
import type { LowRankPatch } from "../../../src/core/patch/kinds/low-rank.ts";
import { Decoding } from "../../../src/engine/decoding/decoding.ts";
import { bindPatches } from "../../../src/engine/patching/bind-patches.ts";
import { must, openRunner } from "../../engine/support/engines.ts";
import { setOf } from "../../engine/support/patches.ts";

/** The engine's logits [T, vocabulary] of a prompt with the patches bound. */
export const engineLogits = async (
  files: PreparedFiles,
  patches: readonly LowRankPatch[],
  ids: readonly number[],
): Promise<Float32Array> => {
  const runner = await openRunner(files);
  const bound = must(
    bindPatches(files.model, runner.backend, runner.dummies, setOf(files.model, ...patches)),
  );
  return (await new Decoding(runner, bound).prefill(ids)).data.slice();
};
