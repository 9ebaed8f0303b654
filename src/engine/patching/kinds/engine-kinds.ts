import type { Hook } from "../../../core/model/prepared-model.ts";
import type { BindingOf, PatchKindName } from "../../../core/patch/patch.ts";
import { codebook } from "./codebook.ts";
import type { EngineKind } from "./engine-kind.ts";
import { lowRank } from "./low-rank.ts";
import { neurons } from "./neurons.ts";

/** How the patches of every kind act in the runs of a model. */
export const ENGINE_KINDS: {
  readonly [Name in PatchKindName]: EngineKind<Extract<Hook, { kind: Name }>, BindingOf<Name>>;
} = {
  "low-rank": lowRank,
  neurons,
  codebook,
};
