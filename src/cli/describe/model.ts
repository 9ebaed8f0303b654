import type { Hook, HookOf, PreparedModel } from "../../core/model/prepared-model.ts";
import type { DecoderDescription } from "../../onnx/describe-decoder.ts";
import type { Style } from "../style.ts";
import { formatFields, formatTable } from "../table.ts";

type Projection = DecoderDescription["unembedding"];

/** `[in, out]` as the initializer is stored, so that a reader of the weight knows which axis is which. */
const describeProjection = (projection: Projection | null): string => {
  if (projection === null) return "-";
  const { weight, orientation, in: from, out } = projection;
  const shape = orientation === "in-out" ? `[in ${from}, out ${out}]` : `[out ${out}, in ${from}]`;
  return `${weight} ${shape}`;
};

const describeWidths = (dims: DecoderDescription["dims"]): string =>
  `${dims.width} wide, FFN ${dims.ffn}, ${dims.heads} heads (${dims.kvHeads} of keys and values) of ${dims.headDim}`;

/** The structure found in an exported graph, for people. */
export const describeStructure = (decoder: DecoderDescription, style: Style): string => {
  const { dims, io, unembedding, tied } = decoder;
  const cached = decoder.blocks.every(({ cache }) => cache !== null);
  const summary = formatFields([
    ["architecture", decoder.architecture],
    ["blocks", `${decoder.layers}, ${describeWidths(dims)}`],
    ["vocabulary", String(dims.vocabulary)],
    ["context", dims.context === null ? "positions are computed" : `${dims.context} learned positions`],
    ["key-value cache", cached ? "yes" : "no: export it with one before model prepare"],
    ["inputs", [io.inputIds, io.attentionMask, io.positionIds].filter((name) => name !== null).join(", ")],
    ["unembedding", `${describeProjection(unembedding)}${tied ? ", tied to the embedding" : ""}`],
  ]);
  const rows = decoder.blocks.map(({ layer, activation, up, gate, down, output }) => [
    String(layer),
    activation,
    describeProjection(up),
    describeProjection(gate),
    describeProjection(down),
    output,
  ]);
  const headings = ["BLOCK", "ACTIVATION", "UP", "GATE", "DOWN", "OUTPUT"];
  return `${summary}\n\n${formatTable(headings, rows, style.faint)}`;
};

/** Where in its block a hook of each kind is. */
const SITES: { readonly [Kind in Hook["kind"]]: (hook: HookOf<Kind>) => string } = {
  "low-rank": (hook) => `${hook.site}: ${hook.in} -> ${hook.out}`,
  neurons: (hook) => `FFN, ${hook.activation}`,
  codebook: () => "block output, last position",
};

const hookRow = (hook: Hook): readonly string[] => {
  const site = (SITES[hook.kind] as (hook: Hook) => string)(hook);
  return [hook.kind, String(hook.layer), site, Object.values(hook.inputs).join(", ")];
};

const describeCalibration = ({ calibration }: PreparedModel): string => {
  if (!calibration) return "none";
  const advised = calibration.layers.find(({ layer }) => layer === calibration.advisedLayer);
  return `layer ${calibration.advisedLayer} advised${advised ? `, radius ${advised.radius.toPrecision(3)}` : ""}`;
};

/** What `model.json` of a prepared model says, for people. */
export const describePrepared = (model: PreparedModel, digest: string, style: Style): string => {
  const { dims, specialTokens, hooks } = model;
  const summary = formatFields([
    ["model", `${model.name} ${digest}`],
    ["architecture", model.architecture],
    ["blocks", `${model.layers}, ${describeWidths(dims)}`],
    ["vocabulary", String(dims.vocabulary)],
    ["context", `${dims.context} tokens`],
    ["end tokens", [specialTokens.end, ...(specialTokens.furtherEnds ?? [])].join(", ")],
    ["begin token", specialTokens.begin === null ? "none" : String(specialTokens.begin)],
    ["chat template", model.chatTemplate === null ? "none" : "its own"],
    ["calibration", describeCalibration(model)],
  ]);
  const table = formatTable(["HOOK", "BLOCK", "SITE", "GRAPH INPUTS"], hooks.map(hookRow), style.faint);
  return `${summary}\n\n${hooks.length === 0 ? "No hooks: patches cannot act." : table}`;
};
