import type { CaseResult, LocalityResult, TargetedResult } from "../../../src/eval/report.ts";

/** A prompt that should get an answer, right in both modes unless told otherwise. */
export const targeted = (fields: Partial<TargetedResult> = {}): TargetedResult => ({
  prompt: "The capital of France is",
  before: "Paris",
  after: "Rome",
  expected: "Rome",
  correct: true,
  expectedLoss: 0.1,
  oldLoss: 2,
  tokenAccuracy: 1,
  nearest: null,
  ...fields,
});

/** A phrasing, right unless told otherwise. */
export const phrasing = (seenInTraining: boolean, fields: Partial<TargetedResult> = {}) => ({
  ...targeted(fields),
  seenInTraining,
});

/** A prompt that should keep its answer, and does unless told otherwise. */
export const kept = (fields: Partial<LocalityResult> = {}): LocalityResult => ({
  prompt: "The capital of Peru is",
  before: "Lima",
  after: "Lima",
  unchanged: true,
  tokensUnchanged: 1,
  answerLoss: 0.1,
  targetLoss: 5,
  divergence: 0,
  nearest: null,
  ...fields,
});

/** A case in which everything went well and there is one prompt of each sort, unless told otherwise. */
export const caseResult = (fields: Partial<CaseResult> = {}): CaseResult => ({
  id: "case",
  line: null,
  subject: "France",
  target: "Rome",
  skipped: null,
  accuracy: targeted(),
  given: [],
  generality: [phrasing(true)],
  locality: { neighbours: [kept()], sameSubject: [kept()], random: [kept()] },
  portability: [],
  cost: { seconds: 0.5, bytes: 1000, prefill: null, perToken: null },
  ...fields,
});
