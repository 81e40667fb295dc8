/**
 * The state that a request from outside would meet in the gateway: what `stateOf` says of an event, read from the fields of a
 * request as `policy.decide` takes it. Total: a field that is missing or of another kind is nobody's.
 */
import type { StateFacts } from "@clawd/policy";
import { type StatePorts, stateOf } from "./state.ts";

type Fields = Readonly<Record<string, unknown>>;

export function stateOfRequest(request: unknown, ports: Pick<StatePorts, "grant">): StateFacts {
  const fields = fieldsOf(request);
  const { contributors, to } = fields;
  const { chat, ...place } = fieldsOf(to);
  const target = factsOf({ ...place, chat, sender: { id: fieldsOf(chat)["id"] } }, ports);
  return {
    ...factsOf(fields, ports),
    // How much of a budget is left is the running gateway's to know: here it is the rules that are asked about.
    isWithinBudget: true,
    isTargetPaired: target.isPaired === true,
    ...(Array.isArray(contributors) && {
      contributors: contributors.map((one) => factsOf(fieldsOf(one), ports)),
    }),
  };
}

function factsOf({ provider, account = "default", chat, sender }: Fields, ports: Pick<StatePorts, "grant">) {
  const { id } = fieldsOf(sender);
  if (typeof provider !== "string" || typeof account !== "string" || typeof id !== "string") return {};
  const kind = fieldsOf(chat)["kind"] === "dm" ? "dm" : "group";
  return stateOf({ provider, account, chat: { kind }, sender: { id } }, ports);
}

function fieldsOf(value: unknown): Fields {
  return Object(value) as Fields;
}
