import { z } from "zod";
import { problem } from "../../../core/problem.ts";
import { fail, ok } from "../../../core/result.ts";
import { connect } from "../../../workshop/connection/connect.ts";
import { defineCommand } from "../../command.ts";
import { DRY_RUN, flag, text } from "../../options.ts";

/** `errata token revoke`: ends a token for good. */
export const tokenRevokeCommand = defineCommand({
  name: "token revoke",
  summary: "revoke an access token, from the next request on",
  arguments: [{ name: "id", syntax: "<id>", description: "the token's id, as errata token list shows it" }],
  options: [DRY_RUN],
  examples: ["token revoke 5f3a9c0d1e2b4a67"],
  input: z.object({ id: text, dryRun: flag }),
  run: async ({ id, dryRun }, context) => {
    const client = await connect(context);
    if (!client.ok) return client;
    if (dryRun) {
      const tokens = await client.value.tokens.list();
      if (!tokens.ok) return tokens;
      const token = tokens.value.find((candidate) => candidate.id === id);
      if (!token) return fail(problem("unknown_token", `No token has the id "${id}".`, { param: "id" }));
      return ok({ document: { status: "would revoke", id }, text: `would revoke: ${token.name} (${id})` });
    }
    const revoked = await client.value.tokens.revoke(id);
    if (!revoked.ok) return revoked;
    return ok({ document: { status: "revoked", ...revoked.value }, text: `revoked: ${id}` });
  },
});
