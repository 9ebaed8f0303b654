import { beforeAll, describe, expect, it } from "vitest";
import { startService } from "./support/service.ts";

interface Operation {
  readonly summary?: string;
  readonly security?: readonly object[];
  readonly responses: Readonly<Record<string, unknown>>;
}
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

let text: string;
let document: Document;

beforeAll(async () => {
  const service = await startService();
  text = await (await service.call("GET", "/openapi.json", { token: null })).text();
  document = JSON.parse(text) as Document;
});

describe("the OpenAPI document", () => {
  it("changes only together with its snapshot", async () => {
    await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot("./openapi.json.snap");
  });

  it("names every route, with a summary, and a token for all but the public ones", () => {
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, operation })),
    );
    expect(operations.every(({ operation }) => operation.summary)).toBe(true);
    expect(operations.filter(({ operation }) => !operation.security).map(({ name }) => name)).toEqual([
      "get /healthz",
      "get /readyz",
      "get /v1/info",
    ]);
    expect(operations).toHaveLength(27);
  });
});
