/**
 * `@cedar-policy/cedar-wasm`: the policies parsed once, and for each question only the two entities that it is about,
 * made beforehand. Lists of people are parents, which are cheaper to hand over than sets.
 */
import type { EntityJson } from "@cedar-policy/cedar-wasm/nodejs";
import { toolNames } from "../workload.ts";
import type { Load } from "./engine.ts";

const policies = `
permit(principal, action == Action::"write", resource) when { principal in resource.people };
permit(principal, action == Action::"mention", resource)
  when { principal in resource.people && principal in resource.members };
permit(principal, action == Action::"overhear", resource)
  when { principal in resource.people && principal in resource.members && !resource.requireMention };
permit(principal, action == Action::"call", resource)
  when { principal in resource.people && principal in resource.members && context.tools.contains(context.tool) };
forbid(principal, action == Action::"call", resource) when { resource.without.contains(context.tool) };
`;

const entity = (type: string, id: string) => ({ type, id });
const reference = (id: string) => ({ __entity: entity("List", id) });
const actions = {
  write: entity("Action", "write"),
  mention: entity("Action", "mention"),
  overhear: entity("Action", "overhear"),
  call: entity("Action", "call"),
} as const;

export const load: Load = async () => {
  const { default: cedar } = await import("@cedar-policy/cedar-wasm/nodejs");
  return ({ rules, agents }) => {
    const parsed = cedar.preparsePolicySet("bench", { staticPolicies: policies });
    if (parsed.type !== "success") throw new Error(JSON.stringify(parsed));
    const people = new Map<string, EntityJson>();
    const rooms = new Map<string, EntityJson>();
    const add = (id: string, attrs: EntityJson["attrs"]) =>
      rooms.set(id, { uid: entity("Room", id), attrs, parents: [] });
    for (const [network, { allowFrom, groups }] of Object.entries(rules)) {
      const everybody = reference(network);
      add(network, { people: everybody, members: everybody, requireMention: false, without: [] });
      for (const id of allowFrom) {
        const uid = entity("Person", `${network}:${id}`);
        people.set(uid.id, { uid, attrs: {}, parents: [entity("List", network)] });
      }
      for (const [id, { requireMention, allowFrom: own, tools }] of Object.entries(groups)) {
        const room = `${network}:${id}`;
        for (const person of own ?? [])
          people.get(`${network}:${person}`)!.parents.push(entity("List", room));
        const without = toolNames.filter(
          (tool) => tools?.allow?.includes(tool) === false || tools?.deny?.includes(tool) === true,
        );
        const members = own === undefined ? everybody : reference(room);
        add(room, { people: everybody, members, requireMention, without });
      }
    }
    const lists = new Map(
      agents.map(({ id, tools: { allow = toolNames, deny = [] } }) => {
        return [id, allow.filter((tool) => !deny.includes(tool))] as const;
      }),
    );
    const nothing = {};
    return (question) => {
      const { provider, sender, chat } = question;
      const isDm = chat.kind === "dm";
      const resource = rooms.get(isDm ? provider : `${provider}:${chat.id}`);
      if (resource === undefined) return false;
      const id = `${provider}:${sender.id}`;
      const principal = people.get(id) ?? { uid: entity("Person", id), attrs: {}, parents: [] };
      const isTool = question.action === "tool";
      const act = isTool ? "call" : isDm ? "write" : question.mentioned === true ? "mention" : "overhear";
      const answer = cedar.statefulIsAuthorized({
        principal: principal.uid,
        action: actions[act],
        resource: resource.uid,
        context: isTool ? { tools: lists.get(question.agent)!, tool: question.tool } : nothing,
        preparsedPolicySetId: "bench",
        entities: [principal, resource],
      });
      if (answer.type !== "success") throw new Error(JSON.stringify(answer.errors));
      return answer.response.decision === "allow";
    };
  };
};
