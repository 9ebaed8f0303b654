import type { FigureName } from "../figures/tally.ts";

/** What a figure is, in words for whoever reads a report. */
export interface Definition {
  readonly label: string;
  readonly meaning: string;
  /** A share is in [0, 1]; a divergence is in nats. */
  readonly unit: "share" | "nats";
}

const share = (label: string, meaning: string): Definition => ({ label, meaning, unit: "share" });

/**
 * Every figure with its definition.
 *
 * Free-running figures compare whole greedy answers that end by themselves. Teacher-forced figures give the model the
 * right tokens before each one, as the literature does: ES, PS, NS and S are those of CounterFact (ROME,
 * arXiv 2202.05262), with nll(o) = the mean of -log p over o's tokens; token accuracy is that of zsRE (MEND,
 * arXiv 2110.11309) and EasyEdit.
 */
export const DEFINITIONS = {
  "accuracy.exactMatch": share(
    "Accuracy",
    "Edits whose own prompt gets exactly the target as its whole answer.",
  ),
  "accuracy.es": share(
    "Accuracy, ES",
    "Efficacy score: edits after whose prompt nll(target) < nll(old object), teacher-forced.",
  ),
  "accuracy.tokens": share(
    "Accuracy, tokens",
    "Share of the target's tokens that are the most probable, teacher-forced. Not an exact match.",
  ),
  "given.exactMatch": share(
    "Given phrasings",
    "Exact match on the paraphrases that the editor was given; counted in no property.",
  ),
  "generality.exactMatch": share(
    "Generality",
    "Phrasings that the editor was not given and that get exactly the target as their whole answer.",
  ),
  "generality.seen": share(
    "Generality, seen phrasings",
    "The same, of phrasings that the model saw in training.",
  ),
  "generality.heldOut": share(
    "Generality, held-out phrasings",
    "The same, of phrasings held out of training.",
  ),
  "generality.ps": share(
    "Generality, PS",
    "Paraphrase score: ES on the phrasings not given, averaged over each edit's phrasings, then over edits.",
  ),
  "generality.tokens": share(
    "Generality, tokens",
    "Token accuracy on the phrasings not given, teacher-forced.",
  ),
  "portability.exactMatch": share(
    "Portability",
    "Consequences that get a right answer as their whole answer, of those whose former answer the model knew.",
  ),
  "portability.tokens": share("Portability, tokens", "Token accuracy on consequences, teacher-forced."),
  "portability.twoHop": share("Portability, two-hop", "Consequences through the new object: its own facts."),
  "portability.multiHop": share(
    "Portability, multi-hop",
    "Consequences through a chain of facts, several edited.",
  ),
  "portability.alias": share("Portability, alias", "The fact asked for by another name of its subject."),
  "portability.reverse": share("Portability, reverse", "The subject asked for by its new object."),
  "locality.unchanged": share("Locality", "Mean of the three groups: neighbours, same subject, random."),
  "locality.neighbours": share(
    "Locality, neighbours",
    "Prompts of the edit's relation about other subjects whose whole answer is unchanged.",
  ),
  "locality.neighbours.old": share(
    "Neighbours with the old object",
    "The same, of those whose answer is the old object.",
  ),
  "locality.neighbours.new": share(
    "Neighbours with the new object",
    "The same, of those whose answer is the target.",
  ),
  "locality.neighbours.other": share(
    "Neighbours with another object",
    "The same, of those with a third object.",
  ),
  "locality.sameSubject": share(
    "Locality, same subject",
    "Prompts for other facts about the edit's subject whose whole answer is unchanged.",
  ),
  "locality.random": share(
    "Locality, random",
    "Prompts for unrelated facts whose whole answer is unchanged.",
  ),
  "locality.ns": share(
    "Locality, NS",
    "Neighbourhood score: neighbours after whose prompt nll(right answer) < nll(target), teacher-forced.",
  ),
  "locality.tokens": share(
    "Locality, tokens",
    "Share of the former answer's tokens that are still the most probable, teacher-forced.",
  ),
  "locality.divergence": {
    label: "Locality, divergence",
    meaning: "KL(before || after) at the first answer token, mean over all locality prompts. A lower bound.",
    unit: "nats",
  },
  "s.freeRunning": share(
    "S, free-running",
    "Harmonic mean of the means of accuracy, generality and locality.",
  ),
  "s.teacherForced": share("S, teacher-forced", "Harmonic mean of the means of ES, PS and NS."),
} as const satisfies Record<FigureName, Definition>;

/** Figure names in the order in which reports list them. */
export const FIGURE_NAMES = Object.keys(DEFINITIONS) as readonly FigureName[];
