/**
 * `@casl/ability` with everything indexed by hand: an ability for the agents, for the people of each network and for each
 * group, so that each check is one look-up by the name of its subject, and no condition is left to evaluate.
 */
import { toolNames, type ToolLists } from "../workload.ts";
import type { Load } from "./engine.ts";

export const load: Load = async () => {
  const { createMongoAbility } = await import("@casl/ability");
  return ({ rules, agents }) => {
    const callers = createMongoAbility(agents.flatMap(({ id, tools }) => rulesOf(id, tools)));
    const networks = new Map(
      Object.entries(rules).map(([network, { allowFrom, groups }]) => {
        const people = createMongoAbility([{ action: "write", subject: [...allowFrom] }]);
        const rooms = new Map(
          Object.entries(groups).map(([id, group]) => {
            const action = group.requireMention ? ["mention"] : ["mention", "overhear"];
            const speak = { action, subject: [...(group.allowFrom ?? allowFrom)] };
            return [id, createMongoAbility([speak, ...rulesOf("tools", group.tools ?? {})])] as const;
          }),
        );
        return [network, { people, rooms }] as const;
      }),
    );
    return (question) => {
      const network = networks.get(question.provider);
      const sender = question.sender.id!;
      if (network === undefined || !network.people.can("write", sender)) return false;
      const isTool = question.action === "tool";
      if (isTool && !callers.can(question.tool, question.agent)) return false;
      if (question.chat.kind === "dm") return true;
      const room = network.rooms.get(question.chat.id);
      if (room === undefined) return false;
      if (isTool) return room.can("mention", sender) && room.can(question.tool, "tools");
      return room.can(question.mentioned === true ? "mention" : "overhear", sender);
    };
  };
};

function rulesOf(subject: string, { allow = toolNames, deny = [] }: ToolLists) {
  const granted = { action: [...allow], subject };
  return deny.length === 0 ? [granted] : [granted, { action: [...deny], subject, inverted: true }];
}
