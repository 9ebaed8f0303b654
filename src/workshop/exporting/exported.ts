import type { NamedBundle } from "../bundles/bundle-reference.ts";
import type { WorkshopContext } from "../workshop-context.ts";
import type { ExportedFile } from "./write-export.ts";

/** A bundle to export, and how. */
export interface ExportRequest {
  readonly bundle: NamedBundle;
  /** `--model` as it was given: the base model's name, or a directory. */
  readonly model: string;
  /** Whole path of the directory or file to write. */
  readonly out: string;
  /** Leaves out patches of other kinds, which are refused otherwise. */
  readonly lowRankOnly: boolean;
  readonly modulePattern?: string | undefined;
  readonly fanInFanOut: boolean;
  readonly baseModel?: string | undefined;
  readonly externalData: boolean;
  readonly context: WorkshopContext;
}

/** One layer of an export. */
export interface ExportedLayer {
  readonly layer: number;
  /** What the export calls it: a module of PEFT, or a projection merged. */
  readonly name: string;
  readonly rank: number;
}

/** What an export would write; nothing is written yet. */
export interface MadeExport {
  readonly files: readonly ExportedFile[];
  readonly layers: readonly ExportedLayer[];
  /** Ids of the patches of other kinds. */
  readonly leftOut: readonly string[];
  /** What to do with it, one line. */
  readonly next: string;
}
