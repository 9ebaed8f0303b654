import type { LinearSite, PreparedModel } from "../../core/model/prepared-model.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";

/** What stands in a pattern where the block's number goes. */
export const LAYER_PLACEHOLDER = "{layer}";

/** The names of a family's linear layers in Hugging Face's transformers. */
export interface PeftModules {
  /** With `{layer}` for the block's number: `transformer.h.{layer}.mlp.c_proj`. */
  readonly patterns: Readonly<Partial<Record<LinearSite, string>>>;
  /** Whether the layers keep their weights as [in, out], as transformers' Conv1D does; Linear has [out, in]. */
  readonly fanInFanOut: boolean;
}

const GPT2: PeftModules = {
  patterns: { up: "transformer.h.{layer}.mlp.c_fc", down: "transformer.h.{layer}.mlp.c_proj" },
  fanInFanOut: true,
};

const LLAMA: PeftModules = {
  patterns: {
    up: "model.layers.{layer}.mlp.up_proj",
    gate: "model.layers.{layer}.mlp.gate_proj",
    down: "model.layers.{layer}.mlp.down_proj",
  },
  fanInFanOut: false,
};

/** By `architecture` of `model.json`, as it was found in the graph: GPT-2; Llama, Mistral and Qwen; Gemma. */
const FAMILIES: Readonly<Record<string, PeftModules>> = {
  "layer norm, learned positions, gelu-tanh FFN": GPT2,
  "RMS norm, computed positions, gated silu FFN": LLAMA,
  "RMS norm, computed positions, gated gelu-tanh FFN": LLAMA,
};

/** The modules of a model whose down-projections are named by `pattern`. */
export const modulesOfPattern = (pattern: string, fanInFanOut: boolean): PeftModules => ({
  patterns: { down: pattern },
  fanInFanOut,
});

/**
 * The modules of `model`, by its architecture. Errors: `unsupported_value` where its family is not known.
 */
export const findPeftModules = ({
  name,
  architecture,
}: Pick<PreparedModel, "name" | "architecture">): Result<PeftModules> => {
  const modules = Object.hasOwn(FAMILIES, architecture) ? FAMILIES[architecture] : undefined;
  if (modules !== undefined) return ok(modules);
  const message =
    `What the down-projections of "${name}" (${architecture}) are called is not known. ` +
    `Give --module-pattern, such as model.decoder.layers.${LAYER_PLACEHOLDER}.fc2`;
  return fail(problem("unsupported_value", message, { param: "--module-pattern" }));
};
