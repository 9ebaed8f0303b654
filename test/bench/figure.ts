/** One measured number, with what it is to be compared with. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The same of what it is measured beside, in the same unit; null where there is none. */
  readonly beside: { readonly name: string; readonly value: number } | null;
  /** How good it is against `beside`: 1 is level, above 1 better. The median of interleaved rounds. */
  readonly ratio: number | null;
  /** What the design asks for, in words, and whether this figure meets it; null where it asks for nothing. */
  readonly budget: { readonly text: string; readonly met: boolean } | null;
}

/** One subject of the benchmark. */
export interface Subject {
  /** As `--only` names it. */
  readonly name: string;
  readonly title: string;
  /** Measures. `note` hears what a reader must know of the conditions. */
  readonly measure: (note: (line: string) => void) => Promise<readonly Figure[]>;
}

/** A figure that stands alone. */
export const alone = (
  name: string,
  value: number,
  unit: string,
  budget: Figure["budget"] = null,
): Figure => ({
  name,
  value,
  unit,
  beside: null,
  ratio: null,
  budget,
});
