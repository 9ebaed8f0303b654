import type { CompletionCall, Provenance, ServiceClient } from "../../client/client.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import type { WorkshopContext } from "../workshop-context.ts";
import { connect } from "./connect.ts";

/** An answer, however it came. */
export interface Answer {
  readonly text: string;
  readonly finishReason: string | null;
  readonly errata: Provenance;
}

const incomplete = (what: string) =>
  fail(
    problem("service_unreachable", `The answer ${what}. Ask again; if it recurs, look at the service's log.`),
  );

const askWhole = async (client: ServiceClient, call: CompletionCall): Promise<Result<Answer>> => {
  const answer = await client.completions.create(call);
  if (!answer.ok) return answer;
  const { choices, errata } = answer.value;
  const [choice] = choices;
  if (!choice || !errata) return incomplete("came without a choice or without its provenance");
  return ok({ text: choice.text, finishReason: choice.finish_reason, errata });
};

const askStreaming = async (
  client: ServiceClient,
  call: CompletionCall,
  onText: (text: string) => void,
): Promise<Result<Answer>> => {
  let collected = "";
  let last: Pick<Answer, "finishReason" | "errata"> | null = null;
  for await (const chunk of client.completions.stream(call)) {
    if (!chunk.ok) return chunk;
    const { choices, errata } = chunk.value;
    const part = choices[0]?.text ?? "";
    collected += part;
    if (part !== "") onText(part);
    if (errata) last = { finishReason: choices[0]?.finish_reason ?? null, errata };
  }
  return last === null ? incomplete("came without its provenance") : ok({ text: collected, ...last });
};

/**
 * Asks the service. With `onText` the answer is streamed, and its parts are told as they come.
 *
 * Errors: those of the service; `service_unreachable` where an answer does not say where it comes from.
 */
export const ask = async (
  call: CompletionCall,
  context: WorkshopContext,
  onText?: (text: string) => void,
): Promise<Result<Answer>> => {
  const client = await connect(context);
  if (!client.ok) return client;
  return onText ? askStreaming(client.value, call, onText) : askWhole(client.value, call);
};
