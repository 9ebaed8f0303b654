import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Result } from "../../../src/core/result.ts";
import { grace } from "../../../src/edit/grace/grace.ts";
import type { EditingContext } from "../../../src/edit/method.ts";
import {
  type Attachment,
  type EvaluatedModel,
  type Respondent,
  UNEDITED,
} from "../../../src/eval/asking/evaluated-model.ts";
import { localModel } from "../../../src/eval/asking/local-model.ts";
import { MAX_PUBLISHED_BUNDLES, servedModel } from "../../../src/eval/asking/served-model.ts";
import { editOf, tinyContext } from "../../edit/support/tiny-context.ts";
import { startService, type TestService } from "../../http/support/service.ts";
import { evaluatedService } from "../support/evaluated-service.ts";
import { evaluateTiny } from "../support/tiny-evaluation.ts";

const PROMPT = "The capital of France is";
const EDIT = editOf({ id: "france", prompt: PROMPT, target: "Oslo" });

let context: EditingContext;
let service: TestService;
let corrected: Attachment;

const valueIn = <Value>(result: Result<Value>): Value => {
  if (!result.ok) throw new Error(result.problem.message);
  return result.value;
};

const servedBy = (on: TestService): EvaluatedModel =>
  servedModel({
    service: evaluatedService(on),
    model: on.files.model,
    method: "grace",
    settings: { radius: "1" },
    seed: 0,
  });

beforeAll(async () => {
  context = await tinyContext();
  service = await startService();
  corrected = valueIn(await grace.apply([EDIT], { radius: "1" }, context));
});
afterAll(() => context.engine.release());

describe("a model over HTTP", () => {
  let served: Respondent;
  let local: Respondent;

  beforeAll(async () => {
    served = valueIn(await servedBy(service).attach(corrected));
    local = valueIn(await localModel(context.engine).attach(corrected));
  });

  it("gives the corrected answer, and the key that it came from", async () => {
    const answer = valueIn(await served.answer(PROMPT));
    expect(answer.text).toBe(" Oslo");
    expect(answer.nearest).toMatchObject({ radius: 1 });
    expect(answer.nearest!.distance).toBeLessThan(1e-3);
  });

  it("says what the engine says, corrected or not", async () => {
    for (const prompt of [PROMPT, "The author of the book is", "The capital of Norway is"]) {
      const [there, here] = [valueIn(await served.answer(prompt)), valueIn(await local.answer(prompt))];
      expect(there.text).toBe(here.text);
      expect(there.timings?.tokens).toBe(here.timings?.tokens);
      // As many alternatives as the service, with OpenAI, allows.
      expect(there.first.size).toBe(5);
      for (const [token, logprob] of there.first) expect(here.first.get(token)).toBeCloseTo(logprob, 5);
    }
  });

  it("scores a target as the engine does", async () => {
    const [there, here] = [
      valueIn(await served.score(PROMPT, " Oslo")),
      valueIn(await local.score(PROMPT, " Oslo")),
    ];
    expect(there.greedy).toEqual(here.greedy);
    expect(there.logprobs).toHaveLength(here.logprobs.length);
    for (const [index, logprob] of there.logprobs.entries())
      expect(logprob).toBeCloseTo(here.logprobs[index]!, 5);
  });

  it("asks the bare model where nothing is attached", async () => {
    const bare = valueIn(await servedBy(service).attach(UNEDITED));
    const unedited = valueIn(await localModel(context.engine).attach(UNEDITED));
    const [there, here] = [valueIn(await bare.answer(PROMPT)), valueIn(await unedited.answer(PROMPT))];
    expect(there.text).toBe(here.text);
    expect(there.text).not.toBe(" Oslo");
    expect(there.nearest).toBeNull();
  });

  it("leaves every channel where it was", async () => {
    expect(await service.stores.channels.list()).toEqual([]);
  });

  it("passes a refusal on", async () => {
    const refused = await served.answer("word ".repeat(100));
    expect(refused.ok ? null : refused.problem.code).toBe("prompt_too_long");
  });
});

describe("an evaluation through HTTP", () => {
  it("finds what one through the engine finds", async () => {
    const run = { context, method: grace, settings: { radius: "1" } };
    const there = valueIn(await evaluateTiny({ ...run, evaluated: servedBy(service) }));
    const here = valueIn(await evaluateTiny(run));
    expect(there.properties.accuracy.freeRunning?.mean).toBe(1);
    expect(there.properties).toEqual(here.properties);
    expect(there.s).toEqual(here.s);
    expect(there.sequential).toHaveLength(here.sequential.length);
    const texts = (report: typeof here) =>
      report.cases.map(({ accuracy }) => [accuracy.before, accuracy.after]);
    expect(texts(there)).toEqual(texts(here));
  });
});

describe("bundles that an evaluation publishes", () => {
  it("are one for equal patches, however often they are attached", async () => {
    const fresh = await startService();
    const served = servedBy(fresh);
    valueIn(await served.attach(corrected));
    valueIn(await served.attach(corrected));
    const bundles = await fresh.stores.bundles.list("tiny", { limit: 10 });
    expect(bundles).toMatchObject({ data: [{ version: 1 }], more: false });
  });

  it("are at most 2,000", async () => {
    let sent = 0;
    const counting = servedModel({
      service: {
        complete: () => Promise.reject(new Error("asks nothing")),
        publish: () => Promise.resolve({ ok: true, value: ++sent }),
      },
      model: context.model,
      method: "grace",
      settings: {},
      seed: 0,
    });
    const attach = (n: number) =>
      counting.attach({ ...corrected, edits: [{ ...EDIT, target: `answer ${n}` }] });
    for (let n = 0; n < MAX_PUBLISHED_BUNDLES; n++) expect((await attach(n)).ok).toBe(true);
    const refused = await attach(MAX_PUBLISHED_BUNDLES);
    expect(refused.ok ? null : refused.problem.code).toBe("limit_exceeded");
    expect(sent).toBe(2000);
  });
});
