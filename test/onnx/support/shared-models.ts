import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Graph } from "../../../src/onnx/graph.ts";
import { readModel } from "../../../src/onnx/read-model.ts";
import type { Reference as ServedReference } from "../../engine/support/shared-models.ts";
import { unwrap } from "./unwrap.ts";

const DIRECTORY = resolve(import.meta.dirname, "../../../../shared/models");

/** Models with float64 references, which live beside the repository and not in it. */
export const SHARED_MODELS = ["stories260k", "tiny-gpt2", "tiny-qwen2"] as const;
export type SharedModel = (typeof SHARED_MODELS)[number];

/** Whether the shared models are there; says so once where they are not. */
export const haveSharedModels = existsSync(DIRECTORY);
if (!haveSharedModels) console.info(`Skipped: the reference models are not at ${DIRECTORY}.`);

/** The two exports of each shared model that have a key-value cache. */
export const SHARED_CACHED = SHARED_MODELS.flatMap((model) =>
  ["model.onnx", "model_torchscript.onnx"].map((file) => ({ model, file })),
);

/** Every export of the shared models. */
export const SHARED_EXPORTS = [
  ...SHARED_CACHED,
  ...SHARED_MODELS.map((model) => ({ model, file: "model_no_past.onnx" })),
];

/** The parts of reference.json used here; its conventions are in the README beside it. */
export interface Reference extends Pick<ServedReference, "layers" | "e" | "f"> {
  readonly middle_layer: number;
  readonly last_layer: number;
  readonly activation: string;
  readonly d_model: number;
  readonly d_ffn: number;
  readonly vocab: number;
  readonly gated_ffn: boolean;
  readonly prompt: { readonly ids: readonly number[] };
  readonly a: { readonly logits_last: readonly number[]; readonly greedy_ids: readonly number[] };
  readonly c: { readonly layer: number; readonly position: number; readonly key: readonly number[] };
  readonly g: {
    readonly layer: number;
    readonly vector: readonly number[];
    readonly greedy_ids: readonly number[];
    readonly greedy_logits: readonly (readonly number[])[];
  };
}

/** An export of a shared model, as a graph. */
export const sharedGraph = (model: SharedModel, file: string): Graph =>
  unwrap(readModel(new Uint8Array(readFileSync(resolve(DIRECTORY, model, "onnx", file)))));

/** The float64 results of a shared model. */
export const sharedReference = (model: SharedModel): Reference =>
  JSON.parse(readFileSync(resolve(DIRECTORY, model, "reference.json"), "utf8"));

/** The bytes of a shared model's tokenizer. */
export const sharedTokenizer = (model: SharedModel): Uint8Array =>
  new Uint8Array(readFileSync(resolve(DIRECTORY, model, "tokenizer.json")));

/** Exports with fused operators. */
export const FUSED_EXPORTS = [
  { model: "ort-fused-gpt2", file: "past.onnx" },
  { model: "genai-llama-fp16", file: "model.onnx" },
] as const;
export type FusedExport = (typeof FUSED_EXPORTS)[number];

const read = (...path: readonly string[]) => new Uint8Array(readFileSync(resolve(DIRECTORY, ...path)));

/** The graph of an export with fused operators. */
export const fusedGraph = ({ model, file }: FusedExport): Graph =>
  unwrap(readModel(read(model, file), (location) => read(model, location)));
