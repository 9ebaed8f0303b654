import { expect, it } from "vitest";
import { findUnreadKeys } from "../../../src/core/edit/unread-keys.ts";

const line = (extra: object) =>
  JSON.stringify({ prompt: "The capital of Norway is", target: "Oslo", ...extra });

it("names each key that means nothing, with its first line and how many have it", () => {
  const text = [line({ subjct: "Norway" }), "", line({ paraphrase: [] }), line({ subjct: "Norway" })].join(
    "\n",
  );
  expect(findUnreadKeys(text)).toEqual([
    { key: "subjct", line: 1, lines: 2 },
    { key: "paraphrase", line: 3, lines: 1 },
  ]);
});

it("passes over what an edit is read from and what its author noted", () => {
  const noted = {
    id: "a",
    subject: "Norway",
    relation: "capital",
    kind: "wrong",
    taught: "Bergen",
    metadata: { by: "me" },
  };
  expect(findUnreadKeys(line(noted))).toEqual([]);
});
