import type { ExportedFile } from "./write-export.ts";

/** What bundles are exported to: a LoRA adapter for PEFT, or the base model with the patches merged. */
export type ExportForm = "onnx" | "peft";

/** Which bundle to export, and how. */
export interface ExportOptions {
  /** Reference of the bundle. */
  readonly bundle: string;
  readonly form: ExportForm;
  /** The base model's name or, of `onnx`, its directory. */
  readonly model: string;
  /** The directory (`peft`) or file (`onnx`) to write. */
  readonly out: string;
  /** Leaves out patches of other kinds, which are refused otherwise. */
  readonly lowRankOnly?: boolean | undefined;
  /** Of `peft`: the modules' name with `{layer}` in it, for families that are not known. */
  readonly modulePattern?: string | undefined;
  /** Of `peft`: whether the modules of `modulePattern` keep weights as [in, out]. */
  readonly fanInFanOut?: boolean | undefined;
  /** Of `peft`: the base model's name or path, kept in the adapter. */
  readonly baseModel?: string | undefined;
  /** Of `onnx`: puts the weights beside the graph. */
  readonly externalData?: boolean | undefined;
  /** Whether to replace files that are there. */
  readonly force?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
}

/** One layer of an export. */
export interface ExportedLayer {
  readonly layer: number;
  /** What the export calls it: a module of PEFT, or a projection merged. */
  readonly name: string;
  readonly rank: number;
}

/** The files of an export, and what they hold. */
export interface MadeExport {
  readonly files: readonly ExportedFile[];
  readonly layers: readonly ExportedLayer[];
  /** Ids of the patches of other kinds. */
  readonly leftOut: readonly string[];
}
