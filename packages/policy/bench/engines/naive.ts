/** No engine: the config, read again for each question. Every other engine's answers are compared with these. */
import type { ToolLists } from "../workload.ts";
import type { Load } from "./engine.ts";

export const load: Load = async () => {
  return ({ rules, agents }) =>
    (question) => {
      const { chat } = question;
      const id = question.sender.id!;
      const network = rules[question.provider]!;
      if (!network.allowFrom.includes(id)) return false;
      const group = chat.kind === "group" ? network.groups[chat.id] : null;
      if (group === undefined) return false;
      if (group !== null && group.allowFrom !== undefined && !group.allowFrom.includes(id)) return false;
      if (question.action === "message") {
        return group === null || !group.requireMention || question.mentioned === true;
      }
      const agent = agents.find((one) => one.id === question.agent)!;
      return passes(agent.tools, question.tool) && passes(group?.tools ?? {}, question.tool);
    };
};

const passes = ({ allow, deny }: ToolLists, tool: string): boolean =>
  (allow === undefined || allow.includes(tool)) && deny?.includes(tool) !== true;
