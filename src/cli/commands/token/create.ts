import { z } from "zod";
import { ok, type Result } from "../../../core/result.ts";
import { SCOPES, type Scope } from "../../../core/scope.ts";
import { connect } from "../../../workshop/connection/connect.ts";
import { makeFirstToken } from "../../../workshop/keys/first-token.ts";
import { defineCommand, type Outcome } from "../../command.ts";
import type { RunningContext } from "../../context.ts";
import { DRY_RUN, flag, scopeList, text } from "../../options.ts";
import { formatFields } from "../../table.ts";

const ONCE = "The token is shown this once; only its hash is kept.";

const createAsStatement = async (name: string, scopes: readonly Scope[]): Promise<Result<Outcome>> => {
  const created = await makeFirstToken(name, scopes);
  const text = [
    formatFields([["token", created.token]]),
    ONCE,
    "",
    "It works after this statement has run, which holds the hash only:",
    created.sql,
    "",
    'For example: npx wrangler d1 execute errata --remote --command "<statement>"',
  ].join("\n");
  return ok({ document: created, text });
};

const createOverHttp = async (
  name: string,
  scopes: readonly Scope[],
  context: RunningContext,
): Promise<Result<Outcome>> => {
  const client = await connect(context);
  if (!client.ok) return client;
  const created = await client.value.tokens.create({ name, scopes: [...scopes] });
  if (!created.ok) return created;
  const { id, token } = created.value;
  const fields = formatFields([
    ["token", token],
    ["id", id],
    ["name", name],
    ["scopes", scopes.join(", ")],
  ]);
  return ok({ document: created.value, text: `${fields}\n${ONCE}` });
};

/** `errata token create`: a new access token. */
export const tokenCreateCommand = defineCommand({
  name: "token create",
  summary: "create an access token",
  details:
    `Scopes: ${SCOPES.join(", ")}; admin implies all the others.\n\n` +
    "A fresh deployment has no token that could create the first one: --sql makes it here and prints the statement " +
    "that puts its hash into the deployment's database.",
  arguments: [{ name: "name", syntax: "<name>", description: "who or what the token is for" }],
  options: [
    { flags: "--scopes <list>", description: "what it may do, separated by commas", default: "infer" },
    { flags: "--sql", description: "make the token here and print the INSERT that registers its hash" },
    DRY_RUN,
  ],
  examples: ["token create web-app --scopes infer", "token create first-admin --scopes admin --sql"],
  input: z.object({ name: text, scopes: scopeList, sql: flag, dryRun: flag }),
  run: async ({ name, scopes, sql, dryRun }, context) => {
    if (dryRun)
      return ok({
        document: { status: "would create", name, scopes },
        text: `would create: ${name} with ${scopes.join(", ")}`,
      });
    return sql ? createAsStatement(name, scopes) : createOverHttp(name, scopes, context);
  },
});
