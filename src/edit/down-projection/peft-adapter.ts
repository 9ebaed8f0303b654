import type { Digest } from "../../core/digest.ts";
import type { LowRankBinding } from "../../core/patch/kinds/low-rank.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { writeSafetensors } from "../../core/tensor/safetensors.ts";
import type { FloatTensor } from "../../core/tensor/tensor.ts";
import { transposeRows } from "../linear-algebra/float-rows.ts";
import { LAYER_PLACEHOLDER, type PeftModules } from "./peft-modules.ts";

/** The files of a LoRA adapter, as PEFT's `PeftModel.from_pretrained` reads them out of one directory. */
export const PEFT_FILES = { config: "adapter_config.json", weights: "adapter_model.safetensors" } as const;

/** What PEFT puts in front of the names of a model's modules. */
const PEFT_PREFIX = "base_model.model";

/** The layer that a binding patches, as PEFT knows it. */
export interface PeftTarget {
  /** `transformer.h.3.mlp.c_proj`. */
  readonly module: string;
  readonly layer: number;
  readonly rank: number;
}

/** A LoRA adapter. */
export interface PeftAdapter {
  readonly targets: readonly PeftTarget[];
  /** What `adapter_config.json` says. */
  readonly config: Readonly<Record<string, unknown>>;
  /** `lora_A.weight` [r, in] and `lora_B.weight` [out, r] of each target. */
  readonly tensors: Readonly<Record<string, FloatTensor>>;
}

const transposed = (data: Float32Array, rows: number, columns: number): FloatTensor => ({
  shape: [columns, rows],
  data: transposeRows(data, rows, columns),
});

const tensorsOf = ({ A, B, rank }: LowRankBinding, module: string): [string, FloatTensor][] => [
  [`${PEFT_PREFIX}.${module}.lora_A.weight`, transposed(A, A.length / rank, rank)],
  [`${PEFT_PREFIX}.${module}.lora_B.weight`, transposed(B, rank, B.length / rank)],
];

const configOf = (targets: readonly PeftTarget[], modules: PeftModules, baseModel: string | null) => {
  const rank = Math.max(...targets.map((target) => target.rank));
  const others = targets.filter((target) => target.rank !== rank);
  const pattern = Object.fromEntries(others.map((target) => [target.module, target.rank]));
  return {
    base_model_name_or_path: baseModel,
    bias: "none",
    fan_in_fan_out: modules.fanInFanOut,
    inference_mode: true,
    init_lora_weights: true,
    r: rank,
    // The update is scaled by alpha / r, which must be 1.
    lora_alpha: rank,
    lora_dropout: 0,
    modules_to_save: null,
    peft_type: "LORA",
    rank_pattern: pattern,
    alpha_pattern: pattern,
    target_modules: targets.map(({ module }) => module),
    task_type: "CAUSAL_LM",
    use_dora: false,
    use_rslora: false,
  };
};

/**
 * A LoRA adapter (Hu et al. 2021, ΔW = BA) of the same updates as `bindings`: y = xW + b + (xA)B, so that its A is
 * ours transposed and its B too, number for number. Its scale alpha / r is 1 at every layer.
 *
 * Errors: `unsupported_value` where `modules` has no name for a site.
 */
export const peftAdapter = (
  bindings: readonly LowRankBinding[],
  modules: PeftModules,
  baseModel: string | null,
): Result<PeftAdapter> => {
  const targets: PeftTarget[] = [];
  const tensors: [string, FloatTensor][] = [];
  for (const binding of bindings) {
    const { layer, site, rank } = binding;
    const pattern = modules.patterns[site];
    if (pattern === undefined) {
      const message = `A patch acts on the ${site}-projection of block ${layer}, which has no module name here.`;
      return fail(problem("unsupported_value", message, { param: "--module-pattern" }));
    }
    const module = pattern.replaceAll(LAYER_PLACEHOLDER, String(layer));
    targets.push({ module, layer, rank });
    tensors.push(...tensorsOf(binding, module));
  }
  return ok({
    targets,
    config: configOf(targets, modules, baseModel),
    tensors: Object.fromEntries(tensors),
  });
};

/** The files of an adapter by name; `bundle`, which it was made from, stands in the metadata of the tensors. */
export const encodePeftAdapter = (
  { config, tensors }: PeftAdapter,
  bundle: Digest,
): Readonly<Record<string, Uint8Array>> => ({
  // The weights first: a directory with a configuration is then complete.
  [PEFT_FILES.weights]: writeSafetensors(tensors, { format: "pt", bundle }),
  [PEFT_FILES.config]: new TextEncoder().encode(`${JSON.stringify(config, null, 2)}\n`),
});
