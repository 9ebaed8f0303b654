import { expect, it } from "vitest";
import type { TokenEvent } from "../../src/engine/generation.ts";
import { toLogprobs } from "../../src/http/to-wire/logprobs.ts";

const token = (id: number, text: string) => ({ id, text, logprob: -1, top: [] });

it("says where tokens begin in the text, past characters that several tokens make up", () => {
  const tokens = [token(1, "caf"), token(2, "bytes:\\xc3"), token(3, "bytes:\\xa9"), token(4, " noir")];
  const event: TokenEvent = { kind: "token", text: "café noir", tokens, echoed: true };
  expect(toLogprobs(event, 10).text_offset).toEqual([10, 13, 13, 14]);
});
