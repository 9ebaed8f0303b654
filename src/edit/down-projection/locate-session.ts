import { getOrInsert } from "../../core/get-or-insert.ts";
import { findHook } from "../../core/model/find-hook.ts";
import type { PreparedModel } from "../../core/model/prepared-model.ts";
import { ok, type Result } from "../../core/result.ts";
import type { Graph } from "../../onnx/graph.ts";
import type { PositiveFactor } from "../linear-algebra/symmetric-positive.ts";
import type { EditingContext } from "../method.ts";
import type { ProbeState } from "../probes/probe-states.ts";
import { factorSecondMoment, type SecondMoment } from "../statistics/second-moment.ts";
import type { StatePositions } from "../statistics/state-positions.ts";
import { type BlockForward, type DownSite, openBlockForward } from "./block-forward.ts";
import { collectProbeKeys } from "./probe-keys.ts";
import { ShiftGradients } from "./shift-gradients.ts";

/** What methods that locate and then edit a down-projection share, for one model: sessions and factored statistics. */
export interface LocateSession {
  readonly forward: BlockForward;
  /** The site of one block. Errors: those of `findHook`, param `layer`. */
  site(layer: number): Result<DownSite>;
  /** Gradients by shifts of what the block returns. */
  gradients(site: DownSite): ShiftGradients;
  /** C + λI of a block, factored; λ as in `factorSecondMoment`. */
  factor(
    context: EditingContext,
    layer: number,
    positions: StatePositions,
    ridge: number,
  ): Promise<Result<PositiveFactor>>;
  /** The probes with the bare model's keys at a block, read once. */
  probeKeys(context: EditingContext, site: DownSite): Promise<Result<readonly ProbeState[]>>;
}

/** What a method says where a block's down-projection takes no patches. */
const SITE_NEED = { who: "The method", advice: "Choose a block that has one.", param: "layer" };

class CachedLocateSession implements LocateSession {
  readonly forward: BlockForward;
  readonly #model: PreparedModel;
  readonly #gradients = new Map<number, ShiftGradients>();
  readonly #factors = new WeakMap<SecondMoment, Map<number, Result<PositiveFactor>>>();

  readonly #probeKeys = new WeakMap<EditingContext["probes"], Map<number, readonly ProbeState[]>>();

  constructor(model: PreparedModel, forward: BlockForward) {
    this.#model = model;
    this.forward = forward;
  }

  site(layer: number): Result<DownSite> {
    const hook = findHook(this.#model, { kind: "low-rank", site: "down", layer }, SITE_NEED);
    return hook.ok ? ok(this.forward.sites.find((site) => site.layer === layer)!) : hook;
  }

  gradients({ layer, tensors }: DownSite): ShiftGradients {
    const { bare } = this.forward;
    return getOrInsert(this.#gradients, layer, () => new ShiftGradients(this.#model, bare, tensors.block));
  }

  async factor(context: EditingContext, layer: number, positions: StatePositions, ridge: number) {
    const moment = await context.loadSecondMoment(layer, positions);
    if (!moment.ok) return moment;
    const factors = getOrInsert(this.#factors, moment.value, () => new Map());
    return getOrInsert(factors, ridge, () => factorSecondMoment(moment.value, ridge));
  }

  async probeKeys(context: EditingContext, site: DownSite): Promise<Result<readonly ProbeState[]>> {
    const layers = getOrInsert(this.#probeKeys, context.probes, () => new Map());
    const known = layers.get(site.layer);
    if (known) return ok(known);
    const read = await collectProbeKeys(context, site, this.forward);
    if (read.ok) layers.set(site.layer, read.value);
    return read;
  }
}

/** Sessions are expensive and depend on the graph alone, so they live as long as it does. */
const sessions = new WeakMap<Graph, LocateSession>();

/** The session of the context's model; opened once for each graph. Errors: those of `openBlockForward`. */
export const openLocateSession = ({
  model,
  graph,
}: Pick<EditingContext, "model" | "graph">): Result<LocateSession> => {
  const known = sessions.get(graph);
  if (known) return ok(known);
  const forward = openBlockForward(model, graph);
  if (!forward.ok) return forward;
  const session = new CachedLocateSession(model, forward.value);
  sessions.set(graph, session);
  return ok(session);
};
