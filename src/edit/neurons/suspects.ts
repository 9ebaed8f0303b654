import type { ProbePrompt } from "../probes/probes.ts";
import type { DomainText } from "./domain-memory.ts";
import { type Neurons, preActivation } from "./neurons.ts";

/** Probes by how strongly any of the neurons fires at their end, the strongest first. */
export const suspectsOf = (
  neurons: readonly Neurons[],
  domain: readonly DomainText[],
): readonly ProbePrompt[] =>
  domain
    .map(({ probe, state }) => ({
      probe,
      raised: Math.max(
        ...neurons.flatMap((own) =>
          Array.from({ length: own.count }, (_, neuron) => preActivation(own, neuron, state, 0)),
        ),
      ),
    }))
    .sort((a, b) => b.raised - a.raised)
    .map(({ probe }) => probe);
