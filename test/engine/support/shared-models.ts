import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("../../../../shared/models", import.meta.url).href);

/** The reference models, where this checkout has them beside it. */
export const SHARED_MODELS: readonly string[] = existsSync(FOLDER)
  ? ["stories260k", "tiny-gpt2", "tiny-qwen2"]
  : [];

if (SHARED_MODELS.length === 0)
  console.warn("Skipped: tests on the reference models, as ../shared/models is absent.");

/** What the engine's tests read of a model's `reference.json`; its README says how each figure was made. */
export interface Reference {
  readonly layers: number;
  readonly prompt: { readonly text: string; readonly ids: readonly number[] };
  readonly tokenizer_cases: readonly {
    readonly text: string;
    readonly ids: readonly number[];
    readonly decoded: string;
  }[];
  readonly a: {
    readonly logits_last: readonly number[];
    readonly greedy_ids: readonly number[];
    readonly logits_after_8_greedy: readonly number[];
  };
  readonly b: {
    readonly continuation_text: string;
    readonly continuation_ids: readonly number[];
    readonly mean_nll: number;
  };
  readonly e: {
    readonly layer: number;
    readonly u: readonly number[];
    readonly v: readonly number[];
    readonly logits_last: readonly number[];
  };
  readonly f: {
    readonly layer: number;
    readonly k: readonly (readonly number[])[];
    readonly b: readonly number[];
    readonly v: readonly (readonly number[])[];
    readonly logits_last: readonly number[];
  };
  readonly g: {
    readonly layer: number;
    readonly vector: readonly number[];
    readonly greedy_ids: readonly number[];
    readonly teacher_forced_ids: readonly number[];
    readonly teacher_forced_logits: readonly (readonly number[])[];
  };
}

/** Bytes of a file of a reference model. */
export const sharedModelFile = (model: string, path: string): Uint8Array =>
  new Uint8Array(readFileSync(`${FOLDER}/${model}/${path}`));

/** Text of a reference model's tokenizer. */
export const sharedTokenizer = (model: string): string =>
  new TextDecoder().decode(sharedModelFile(model, "tokenizer.json"));

/** The reference results of a model. */
export const sharedReference = (model: string): Reference =>
  JSON.parse(new TextDecoder().decode(sharedModelFile(model, "reference.json")));
