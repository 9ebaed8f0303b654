import type { ModelTexts } from "../../workshop/texts/model-texts.ts";

/** What a model's texts are, for people. */
export const describeTexts = ({ written, corpus, probes, rank }: ModelTexts): string => {
  const source = written === 0 ? "from the files given" : `of ${written} texts that the model wrote`;
  const spanned =
    rank === null
      ? ""
      : rank.least === rank.full
        ? ` Its FFN states span all ${rank.full} directions.`
        : ` Its FFN states span ${rank.least} of ${rank.full} directions: ROME, MEMIT and AlphaEdit know less of the others. More texts may help: --corpus.`;
  return `Statistics: ${corpus} prompts ${source}; ${probes} probe prompts.${spanned}`;
};
