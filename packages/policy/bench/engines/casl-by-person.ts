/** `@casl/ability` as its guide has it: an ability for each person, and conditions on the subject that is asked about. */
import type { MongoAbility } from "@casl/ability";
import { toolNames, type ToolLists } from "../workload.ts";
import type { Load } from "./engine.ts";

export const load: Load = async () => {
  const { defineAbility, subject } = await import("@casl/ability");
  return ({ rules, agents }) => {
    const people = new Map<string, MongoAbility>();
    for (const [network, { allowFrom, groups }] of Object.entries(rules)) {
      for (const person of allowFrom) {
        const mine = Object.entries(groups).filter(
          ([, { allowFrom: own }]) => own?.includes(person) !== false,
        );
        const open = mine.filter(([, { requireMention }]) => !requireMention);
        const ability = defineAbility((can) => {
          can("write", "Direct");
          can("speak", "Group", { id: { $in: mine.map(([id]) => id) }, mentioned: true });
          can("speak", "Group", { id: { $in: open.map(([id]) => id) } });
        });
        people.set(`${network}:${person}`, ability);
      }
    }
    const calls = defineAbility((can, cannot) => {
      const grant = (type: string, id: string, { allow = toolNames, deny = [] }: ToolLists) => {
        can([...allow], type, { id });
        if (deny.length > 0) cannot([...deny], type, { id });
      };
      for (const { id, tools } of agents) grant("Agent", id, tools);
      for (const { groups } of Object.values(rules))
        for (const [id, { tools }] of Object.entries(groups)) grant("Group", id, tools ?? {});
    });
    return (question) => {
      const ability = people.get(`${question.provider}:${question.sender.id}`);
      if (ability === undefined) return false;
      const { kind, id } = question.chat;
      const isTool = question.action === "tool";
      const group = { id, mentioned: isTool || question.mentioned === true };
      if (kind === "dm" ? !ability.can("write", "Direct") : !ability.can("speak", subject("Group", group)))
        return false;
      if (!isTool) return true;
      if (!calls.can(question.tool, subject("Agent", { id: question.agent }))) return false;
      return kind === "dm" || calls.can(question.tool, subject("Group", { id }));
    };
  };
};
