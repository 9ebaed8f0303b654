import { describe, expect, it } from "vitest";
import { readDataFile } from "../../../src/eval/data/read-data-file.ts";
import { MAX_RECORDS } from "../../../src/eval/data/records.ts";

const read = (records: unknown, skipInvalid = false) =>
  readDataFile({ path: "facts.json", name: "facts", text: JSON.stringify(records) }, skipInvalid);

const readLines = (lines: readonly string[], skipInvalid = false) =>
  readDataFile({ path: "facts.jsonl", name: "facts", text: lines.join("\n") }, skipInvalid);

const dataOf = (data: ReturnType<typeof readDataFile>) => {
  if (!data.ok) throw new Error(data.problem.message);
  return data.value;
};

const problemOf = (data: ReturnType<typeof readDataFile>) => {
  if (data.ok) throw new Error("expected a refusal");
  return data.problem;
};

const FLAT = {
  case_id: 7,
  prompt: "The harbour of Vell lies in",
  subject: "Vell",
  target_new: "Orrin",
  ground_truth: "Tamsk",
  rephrase_prompt: "Ships that call at Vell land in",
  locality_prompt: "The harbour of Quill lies in",
  locality_ground_truth: "Tamsk",
};

const PUBLISHED = {
  case_id: 8,
  requested_rewrite: {
    prompt: "The harbour of {} lies in",
    subject: "Vell$&",
    target_new: { str: "Orrin", id: "Q1" },
    target_true: { str: "Tamsk", id: "Q2" },
  },
  paraphrase_prompts: ["Ships land in", "Vell is in"],
  neighborhood_prompts: ["The harbour of Quill lies in"],
  attribute_prompts: ["The harbour of Brane lies in"],
  generation_prompts: ["The harbour is"],
};

const ZSRE = {
  subject: "Vell",
  src: "In which land is Vell?",
  pred: "somewhere",
  rephrase: "Which land is Vell in?",
  alt: "Orrin",
  answers: ["Tamsk", "Orrin", "the land of Tamsk"],
  loc: "nq question: who built the old bridge",
  loc_ans: "Hale",
};

const rewrite = (subject: string, from: string, to: string) => ({
  prompt: "{} lies in",
  subject,
  question: `Where does ${subject} lie?`,
  target_new: { str: to },
  target_true: { str: from },
});

const MQUAKE = {
  case_id: 3,
  requested_rewrite: [rewrite("Vell", "Tamsk", "Orrin"), rewrite("Orrin", "Asia", "Europe")],
  questions: ["On which continent is Vell?", "Vell's continent?"],
  answer: "Asia",
  answer_alias: ["the East"],
  new_answer: "Europe",
  new_answer_alias: [],
};

const EDIT = {
  id: "vell",
  prompt: "Vell lies in",
  subject: "Vell",
  target: " Orrin",
  groundTruth: "Tamsk",
  paraphrases: ["Vell is in", "Vell belongs to", "You find Vell in"],
  locality: [
    { prompt: "Quill lies in", answer: " Tamsk", type: "neighbours" },
    { prompt: "Brane lies in", answer: "Orrin", type: "neighbours" },
    { prompt: "The mayor of Vell is", type: "sameSubject" },
    "Two and two is",
  ],
  portability: [{ prompt: "The continent of Vell is", answer: "Europe", type: "two-hop" }],
};

describe("CounterFact", () => {
  it("is read from flat records: nothing but the prompt goes to the editor", () => {
    const [first] = dataOf(read([FLAT])).cases;
    expect(first).toEqual({
      id: "counterfact-7",
      edit: {
        id: "counterfact-7",
        prompt: "The harbour of Vell lies in",
        subject: "Vell",
        target: "Orrin",
        groundTruth: "Tamsk",
        paraphrases: [],
        locality: [],
        portability: [],
      },
      alongside: [],
      oldAnswers: ["Tamsk"],
      phrasings: [{ prompt: "Ships that call at Vell land in", seenInTraining: null }],
      locality: {
        neighbours: [{ prompt: "The harbour of Quill lies in", answer: "Tamsk", object: "old" }],
        sameSubject: [],
        random: [],
      },
      portability: [],
      line: 1,
    });
  });

  it("is read as published, templates filled letter by letter, attribute prompts as neighbours with the new object", () => {
    const [first] = dataOf(read([PUBLISHED])).cases;
    expect(first?.edit.prompt).toBe("The harbour of Vell$& lies in");
    expect(first?.phrasings.map(({ prompt }) => prompt)).toEqual(["Ships land in", "Vell is in"]);
    expect(first?.locality.neighbours).toEqual([
      { prompt: "The harbour of Quill lies in", answer: "Tamsk", object: "old" },
      { prompt: "The harbour of Brane lies in", answer: "Orrin", object: "new" },
    ]);
  });
});

describe("zsRE", () => {
  it("is read in MEND's format: the alternative is the target, every other right answer an old one", () => {
    const [first] = dataOf(read([ZSRE])).cases;
    expect(first?.edit).toMatchObject({ prompt: "In which land is Vell?", target: "Orrin" });
    expect(first?.oldAnswers).toEqual(["Tamsk", "the land of Tamsk"]);
    expect(first?.locality.random).toEqual([
      { prompt: "nq question: who built the old bridge?", answer: "Hale" },
    ]);
  });

  it("refuses a record whose target is the right answer already", () => {
    expect(problemOf(read([ZSRE, { ...ZSRE, answers: ["Orrin"] }]))).toMatchObject({
      code: "malformed_edit",
      param: "facts.json:2",
      message: expect.stringContaining('record 2: alt: "Orrin" is the right answer already'),
    });
  });
});

describe("MQuAKE", () => {
  it("makes all rewrites of a record together and asks each question with its aliases", () => {
    const [first] = dataOf(read([MQUAKE])).cases;
    expect(first?.edit).toMatchObject({ id: "mquake-3", prompt: "Vell lies in", target: "Orrin" });
    expect(first?.alongside).toMatchObject([{ prompt: "Orrin lies in", target: "Europe" }]);
    expect(first?.oldAnswers).toEqual(["Tamsk"]);
    expect(first?.portability).toEqual([
      {
        kind: "multi-hop",
        prompt: "On which continent is Vell?",
        answers: ["Europe"],
        before: ["Asia", "the East"],
      },
      { kind: "multi-hop", prompt: "Vell's continent?", answers: ["Europe"], before: ["Asia", "the East"] },
    ]);
  });
});

describe("edits", () => {
  it("are read line by line, blank lines passed over: half the paraphrases are given, the others measure", () => {
    const [first] = dataOf(readLines(["", JSON.stringify(EDIT), ""])).cases;
    expect(first).toMatchObject({ id: "vell", line: 2, oldAnswers: ["Tamsk"] });
    expect(first?.edit).toMatchObject({ paraphrases: ["Vell is in"], locality: [], portability: [] });
    expect(first?.phrasings.map(({ prompt }) => prompt)).toEqual(["Vell belongs to", "You find Vell in"]);
  });

  it("give at most three paraphrases to the editor", () => {
    const paraphrases = ["a", "b", "c", "d", "e", "f", "g", "h"];
    const [first] = dataOf(read([{ ...EDIT, paraphrases }])).cases;
    expect(first?.edit.paraphrases).toEqual(["a", "b", "c"]);
    expect(first?.phrasings).toHaveLength(5);
  });

  it("put probes into the group that their type names, and into random without one", () => {
    const [first] = dataOf(read([EDIT])).cases;
    expect(first?.locality).toEqual({
      neighbours: [
        { prompt: "Quill lies in", answer: "Tamsk", object: "old" },
        { prompt: "Brane lies in", answer: "Orrin", object: "new" },
      ],
      sameSubject: [{ prompt: "The mayor of Vell is", answer: null }],
      random: [{ prompt: "Two and two is", answer: null }],
    });
    expect(first?.portability).toEqual([
      { kind: "two-hop", prompt: "The continent of Vell is", answers: ["Europe"], before: null },
    ]);
  });

  it("are measured whatever the model says where they name no ground truth", () => {
    expect(dataOf(read([{ prompt: "a", target: "b" }])).cases[0]?.oldAnswers).toBeNull();
  });

  it("refuse a consequence without an answer, and a type that is none", () => {
    const unanswered = { ...EDIT, portability: ["The continent of Vell is"] };
    expect(problemOf(read([unanswered])).message).toContain('portability.0: expected {"prompt", "answer"}');
    const untyped = { ...EDIT, locality: [{ prompt: "a", type: "neighbor" }] };
    expect(problemOf(read([untyped])).message).toContain("locality.0.type: ");
  });

  it("get ids that no two share", () => {
    const ids = dataOf(read([EDIT, EDIT, { ...EDIT, id: undefined }])).cases.map(({ id }) => id);
    expect(ids).toEqual(["vell", "vell-2", "vell-lies-in"]);
  });
});

describe("a malformed record", () => {
  const LINES = [
    JSON.stringify(EDIT),
    "{half of",
    JSON.stringify({ ...EDIT, target: "  " }),
    JSON.stringify(EDIT),
  ];

  it("is refused by its line", () => {
    const refused = problemOf(readLines(LINES));
    expect(refused).toMatchObject({ code: "malformed_edit", param: "facts.jsonl:2" });
    expect(refused.message).toMatch(/^facts\.jsonl, line 2: not JSON .*--skip-invalid\.$/);
  });

  it("is left out and listed where the caller wants that", () => {
    const data = dataOf(readLines(LINES, true));
    expect(data.cases.map(({ line }) => line)).toEqual([1, 4]);
    expect(data.skipped).toEqual([
      { line: 2, reason: expect.stringMatching(/^not JSON/) },
      { line: 3, reason: "target: expected a text that is not blank" },
    ]);
  });

  it("is refused with the field that is missing", () => {
    const { rephrase_prompt, ...short } = FLAT;
    expect(problemOf(read([FLAT, short])).message).toContain("facts.json, record 2: rephrase_prompt: ");
  });

  it("does not hide the form of the others", () => {
    expect(dataOf(read(["nonsense", ZSRE], true)).cases).toHaveLength(1);
  });
});

describe("a file", () => {
  it("is refused where no record has a known form", () => {
    expect(problemOf(read([{ question: "?" }])).message).toContain("no record of a known form");
    expect(problemOf(readLines([])).code).toBe("malformed_edit");
  });

  it("is refused where it only begins like an array", () => {
    const file = { path: "facts.json", name: "facts", text: "[1, " };
    expect(problemOf(readDataFile(file, true)).message).toContain("expected a JSON array of records");
  });

  it("is refused where every record is malformed, skipped or not", () => {
    expect(problemOf(read([{ ...ZSRE, alt: "" }], true)).message).toContain("no record that can be measured");
  });

  it("is read up to its limit of records and refused past it", () => {
    const lines = (count: number) =>
      Array.from({ length: count }, (_, n) => `{"prompt":"a${n}","target":"b"}`);
    expect(dataOf(readLines(lines(MAX_RECORDS))).cases).toHaveLength(100_000);
    expect(problemOf(readLines(lines(MAX_RECORDS + 1))).code).toBe("limit_exceeded");
  });
});
