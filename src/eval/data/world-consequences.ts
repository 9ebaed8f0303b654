import { type Random, shuffled } from "../../optim/random.ts";
import type { Fact } from "../../world/facts/facts.ts";
import type { TwoHop } from "../../world/facts/two-hops.ts";
import type { PortabilityProbe } from "../case.ts";
import type { WorldIndex } from "./world-index.ts";

/** Most consequences asked for one edit. */
const CONSEQUENCES = 5;

/** The chain's answer with another bridge or object in its place. */
const answerWith = ({ pattern }: TwoHop, { bridge, object }: Pick<TwoHop, "bridge" | "object">): string =>
  pattern.template
    .slice(pattern.template.indexOf("{bridge}"))
    .replace("{bridge}", () => bridge)
    .replace("{object}", () => object);

const probeOf = (chain: TwoHop, answer: string): PortabilityProbe => ({
  kind: "two-hop",
  prompt: chain.prompt,
  answers: [answer],
  before: [chain.answer],
});

/** The edited fact is the second step: another subject's chain ends at the target now. */
const throughEdited = (edited: Fact, target: string, index: WorldIndex): PortabilityProbe[] =>
  index
    .chainsThrough(edited)
    .map((chain) => probeOf(chain, answerWith(chain, { bridge: chain.bridge, object: target })));

/** The edited fact is the first step: the chain goes on from the target, where something is known of it. */
const fromEdited = (edited: Fact, target: string, index: WorldIndex): PortabilityProbe[] =>
  index.chainsFrom(edited).flatMap((chain) => {
    const next = index.find(chain.pattern.second, target);
    return next ? [probeOf(chain, answerWith(chain, { bridge: target, object: next.object }))] : [];
  });

/** Two-hop consequences of editing `edited` to `target`. The tables hold no aliases and no reverse relations. */
export const consequencesOf = (
  edited: Fact,
  target: string,
  index: WorldIndex,
  random: Random,
): readonly PortabilityProbe[] =>
  shuffled(
    [...throughEdited(edited, target, index), ...fromEdited(edited, target, index)].filter(
      ({ answers, before }) => answers[0] !== before?.[0],
    ),
    random,
  ).slice(0, CONSEQUENCES);
