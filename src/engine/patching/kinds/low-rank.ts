import type { LowRankHook } from "../../../core/model/prepared-model.ts";
import type { LowRankBinding } from "../../../core/patch/kinds/low-rank.ts";
import { ok } from "../../../core/result.ts";
import { type EngineKind, fitHook, zeros } from "./engine-kind.ts";

/** Low-rank factors: inputs of the graph, at every position of every run. */
export const lowRank: EngineKind<LowRankHook, LowRankBinding> = {
  dummies: (hook, backend) => ({
    [hook.inputs.A]: zeros(backend, hook.in, 1),
    [hook.inputs.B]: zeros(backend, 1, hook.out),
  }),
  bind: ({ layer, site, A, B, rank }, model, backend) => {
    const fitted = fitHook(
      model,
      { kind: "low-rank", layer, site },
      (hook) => A.length === hook.in * rank && B.length === rank * hook.out,
    );
    if (!fitted.ok) return fitted;
    const hook = fitted.value;
    const feeds = {
      [hook.inputs.A]: backend.tensor(A, [hook.in, rank]),
      [hook.inputs.B]: backend.tensor(B, [rank, hook.out]),
    };
    return ok({ feeds });
  },
};
