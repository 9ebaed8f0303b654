import { type PreparedModel } from "../core/model/prepared-model.ts";
import { type Result } from "../core/result.ts";
import type { Graph } from "./graph.ts";
import { type HookSelection } from "./hooks/hook-selection.ts";
/** What a prepared model is made of. */
export interface ModelSource {
    /** Name that the model is served under. */
    readonly name: string;
    /** The exported graph with its weights; it is not changed. */
    readonly graph: Graph;
    /** `tokenizer.json` in Hugging Face's format, kept byte for byte. */
    readonly tokenizerJson: Uint8Array;
    /** Most tokens, prompt and answer together; the rows of the learned position table where left out. */
    readonly context?: number;
    readonly specialTokens: PreparedModel["specialTokens"];
    readonly chatTemplate?: string;
    /** Which blocks carry which hooks; `defaultHooks` where left out, `NO_HOOKS` for a plain model to compare with. */
    readonly hooks?: HookSelection;
}
/**
 * The files of a prepared model: `model.json` as data, `graph.onnx`, `plain.onnx`, `weights.bin` and `tokenizer.json`
 * as bytes. Both graphs read the same weights.
 */
export interface PreparedFiles {
    readonly model: PreparedModel;
    readonly graph: Uint8Array;
    /** The graph without patch inputs. */
    readonly plain: Uint8Array;
    readonly weights: Uint8Array;
    readonly tokenizer: Uint8Array;
}
/**
 * Makes a base model ready to serve: finds its structure, adds the patch inputs, and puts its large tensors aside into
 * `weights.bin`, for the graph with patch inputs as for the one without. The logits stay those of all positions. The same source gives the same bytes and digests. Fails with
 * `unsupported_graph`, `malformed_model` (the tokenizer), `unsupported_value` or `invalid_request`.
 */
export declare const prepareModel: (source: ModelSource) => Promise<Result<PreparedFiles>>;
