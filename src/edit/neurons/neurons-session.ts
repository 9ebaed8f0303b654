import type { Edit } from "../../core/edit/edit.ts";
import { getOrInsert } from "../../core/get-or-insert.ts";
import { EMPTY_PATCH_SET, type PatchSet } from "../../core/patch/patch-set.ts";
import { ok, type Result } from "../../core/result.ts";
import type { Graph } from "../../onnx/graph.ts";
import type { MethodWork } from "../frame/apply-method.ts";
import type { EditingContext } from "../method.ts";
import { type DomainText, readDomainMemory } from "./domain-memory.ts";
import { type EditRows, readEditRows } from "./edit-rows.ts";
import { type FeedForwardStates, openFeedForwardStates } from "./feed-forward-states.ts";
import { findLastBlock, type LastBlock } from "./last-block.ts";
import { openStreamLoss, type StreamLoss } from "./stream-loss.ts";

/** The last block of a graph: what is opened and read once, however many edits are made one by one. */
export interface OpenedBlock {
  readonly block: LastBlock;
  readonly states: FeedForwardStates;
  readonly loss: StreamLoss;
  /** By the probes it was read from, then by the number of texts. */
  readonly domain: WeakMap<EditingContext["probes"], Map<number, readonly DomainText[]>>;
  /** Rows of edits on the bare model's earlier blocks. */
  readonly rows: WeakMap<Edit, EditRows>;
}

const openedGraphs = new WeakMap<Graph, OpenedBlock>();

/** Finds the last block and what of it was opened before. Errors: those of `findLastBlock`. */
export const openLastBlock = ({
  model,
  graph,
}: Pick<EditingContext, "model" | "graph">): Result<OpenedBlock> => {
  const known = openedGraphs.get(graph);
  if (known) return ok(known);
  const block = findLastBlock(model, graph);
  if (!block.ok) return block;
  const opened: OpenedBlock = {
    block: block.value,
    states: openFeedForwardStates(model, graph, block.value),
    loss: openStreamLoss(model, block.value),
    domain: new WeakMap(),
    rows: new WeakMap(),
  };
  openedGraphs.set(graph, opened);
  return ok(opened);
};

/** What neurons of the last block are trained with. */
export interface NeuronsSession {
  readonly context: EditingContext;
  readonly block: LastBlock;
  readonly states: FeedForwardStates;
  readonly loss: StreamLoss;
  readonly domain: readonly DomainText[];
  /** The parent's patches that change what the last block reads. */
  readonly upstream: PatchSet;
  /** The rows of an edit, read once. Errors: those of `readEditRows`. */
  rowsOf(edit: Edit): Promise<Result<EditRows>>;
}

const domainOf = async (
  { domain, states }: OpenedBlock,
  context: EditingContext,
  count: number,
): Promise<Result<readonly DomainText[]>> => {
  const kept = getOrInsert(domain, context.probes, () => new Map());
  const known = kept.get(count);
  if (known) return ok(known);
  const read = await readDomainMemory(context, states, count);
  if (read.ok) kept.set(count, read.value);
  return read;
};

/** The part of a patch set that acts before the last block's FFN; the bare model where there is none. */
const upstreamOf = (parent: PatchSet, layer: number): PatchSet => {
  const acts =
    parent.lowRanks.length > 0 ||
    parent.neurons.some((binding) => binding.layer < layer) ||
    parent.codebooks.some((binding) => binding.layer < layer);
  return acts ? parent : EMPTY_PATCH_SET;
};

/**
 * Reads `memory` texts of the model's domain, for neurons on top of what `chosen` keeps. Sessions, texts and rows are
 * kept for as long as the graph is. Errors: those of the runtime; `cancelled`.
 */
export const openNeuronsSession = async ({
  context,
  site,
  chosen,
  settings: { memory },
}: MethodWork<{ readonly memory: number }, OpenedBlock>): Promise<Result<NeuronsSession>> => {
  const { block, states, loss, rows: bareRows } = site;
  const domain = await domainOf(site, context, memory);
  if (!domain.ok) return domain;
  const upstream = upstreamOf(chosen.base, block.hook.layer);
  const rows = upstream === EMPTY_PATCH_SET ? bareRows : new WeakMap<Edit, EditRows>();
  const rowsOf = async (edit: Edit): Promise<Result<EditRows>> => {
    const known = rows.get(edit);
    if (known) return ok(known);
    const read = await readEditRows(edit, context.engine, states, upstream);
    if (read.ok) rows.set(edit, read.value);
    return read;
  };
  return ok({ context, block, states, loss, domain: domain.value, upstream, rowsOf });
};
