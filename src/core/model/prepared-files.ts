import type { PreparedModel } from "./prepared-model.ts";

/** The files of a prepared model beside `model.json`, as bytes. Both graphs read the same weights. */
export interface ModelFiles {
  /** The graph with patch inputs. */
  readonly graph: Uint8Array;
  /** The graph without. */
  readonly plain: Uint8Array;
  readonly weights: Uint8Array;
  readonly tokenizer: Uint8Array;
}

/** A prepared model, whole: `model.json` as data, with the digests of the other files in it. */
export interface PreparedFiles extends ModelFiles {
  readonly model: PreparedModel;
}
