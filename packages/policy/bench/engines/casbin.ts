/**
 * `casbin` with the roles that its guide recommends for large lists: who is on a list of people, and which tool is on a
 * list of tools, are roles, so that there is one row of policy for each room and each list.
 */
import { toolNames } from "../workload.ts";
import type { Load } from "./engine.ts";

const speaking = `
[request_definition]
r = sub, obj, act
[policy_definition]
p = sub, obj, act
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.obj == p.obj && r.act == p.act && g(r.sub, p.sub)
`;

const calling = `
[request_definition]
r = tool, agent, room
[policy_definition]
p = owner, list, eft
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = (r.agent == p.owner || r.room == p.owner) && g(r.tool, p.list)
`;

export const load: Load = async () => {
  const { newEnforcer, newModelFromString } = await import("casbin");
  return async ({ rules, agents }) => {
    const rooms: string[][] = [];
    const people: string[][] = [];
    const lists: string[][] = [];
    const tools: string[][] = [];
    for (const [network, { allowFrom, groups }] of Object.entries(rules)) {
      rooms.push([`people of ${network}`, network, "write"]);
      for (const id of allowFrom) people.push([`${network}:${id}`, `people of ${network}`]);
      for (const [id, { requireMention, allowFrom: own, tools: rule }] of Object.entries(groups)) {
        const room = `${network}:${id}`;
        for (const person of own ?? []) people.push([`${network}:${person}`, `people of ${room}`]);
        const role = `people of ${own === undefined ? network : room}`;
        rooms.push([role, room, "mention"]);
        if (!requireMention) rooms.push([role, room, "overhear"]);
        if (rule === undefined) continue;
        lists.push([room, `not in ${room}`, "deny"]);
        for (const tool of toolNames) {
          if (rule.allow?.includes(tool) === false || rule.deny?.includes(tool) === true)
            tools.push([tool, `not in ${room}`]);
        }
      }
    }
    for (const { id, tools: rule } of agents) {
      lists.push([id, `of ${id}`, "allow"]);
      for (const tool of rule.allow ?? toolNames)
        if (rule.deny?.includes(tool) !== true) tools.push([tool, `of ${id}`]);
    }
    const speaks = await newEnforcer(newModelFromString(speaking));
    await speaks.addPolicies(rooms);
    await speaks.addGroupingPolicies(people);
    const calls = await newEnforcer(newModelFromString(calling));
    await calls.addPolicies(lists);
    await calls.addGroupingPolicies(tools);
    return (question) => {
      const { provider, sender, chat } = question;
      const isDm = chat.kind === "dm";
      const room = isDm ? provider : `${provider}:${chat.id}`;
      const isHeard = question.action === "tool" || question.mentioned === true;
      const act = isDm ? "write" : isHeard ? "mention" : "overhear";
      if (!speaks.enforceSync(`${provider}:${sender.id}`, room, act)) return false;
      return question.action === "message" || calls.enforceSync(question.tool, question.agent, room);
    };
  };
};
