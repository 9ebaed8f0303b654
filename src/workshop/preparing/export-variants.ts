/** What a variant of an export stores its weights in, by the names that exporters give them. */
export const EXPORT_VARIANTS = ["fp32", "fp16", "int8", "q4", "q4f16", "bnb4"] as const;

/** One of `EXPORT_VARIANTS`. */
export type ExportVariant = (typeof EXPORT_VARIANTS)[number];

/** A graph file of an export. */
export interface ExportedGraph {
  /** Its path. */
  readonly path: string;
  /** The variant that its name says; null where the name says none. */
  readonly variant: ExportVariant | null;
}

/** What the names of graphs end in; the hub's exporters put it behind an underscore. */
const SUFFIXES: Readonly<Record<string, ExportVariant>> = {
  "": "fp32",
  fp32: "fp32",
  fp16: "fp16",
  quantized: "int8",
  int8: "int8",
  uint8: "int8",
  q4: "q4",
  int4: "q4",
  q4f16: "q4f16",
  bnb4: "bnb4",
};

/** What names begin with, the best to serve first: with a cache, with either, with one already filled, without. */
const STEMS = ["model", "decoder_model_merged", "decoder_with_past_model", "decoder_model"];

interface GraphName {
  readonly stem: number;
  readonly variant: ExportVariant;
}

const readName = (name: string): GraphName | null => {
  for (const [stem, text] of STEMS.entries()) {
    if (!name.startsWith(text) || !name.endsWith(".onnx")) continue;
    const suffix = name.slice(text.length, -".onnx".length).replace(/^_/, "");
    const variant = Object.hasOwn(SUFFIXES, suffix) ? SUFFIXES[suffix] : undefined;
    if (variant !== undefined) return { stem, variant };
  }
  return null;
};

/** The variant that a graph's file name says. */
export const variantOf = (name: string): ExportVariant | null => readName(name)?.variant ?? null;

/**
 * One name for each variant of `names` in the order of `EXPORT_VARIANTS`; of several graphs of one variant that which
 * serves best.
 */
export const bestOfVariants = (names: readonly string[]): ReadonlyMap<ExportVariant, string> => {
  const best = new Map<ExportVariant, { readonly name: string; readonly stem: number }>();
  for (const name of [...names].sort()) {
    const read = readName(name);
    if (read === null) continue;
    const held = best.get(read.variant);
    if (held === undefined || read.stem < held.stem) best.set(read.variant, { name, stem: read.stem });
  }
  return new Map(
    EXPORT_VARIANTS.flatMap((variant) => {
      const held = best.get(variant);
      return held === undefined ? [] : [[variant, held.name] as const];
    }),
  );
};
