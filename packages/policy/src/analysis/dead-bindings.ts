/** Bindings that decide nothing: without them everybody would be answered by the same agent, or not at all as before. */
import { startCompilation } from "../compilation.ts";
import { compileAgents } from "../compile-agents.ts";
import { compileBindings, routesOf } from "../compile-bindings.ts";
import type { ConfigPath } from "../config-path.ts";
import type { AccountPlan, Plan } from "../plan.ts";
import type { CompileOptions } from "../policy.ts";
import { seatOf } from "../view.ts";
import type { Alike } from "./alike.ts";
import { entriesAt } from "./config-edit.ts";
import { questionAt, type Landscape } from "./landscape.ts";

/** Those of one person's direct messages are entries of people, and examined with these. */
export function deadBindings(
  config: unknown,
  options: CompileOptions,
  landscape: Landscape,
  alike: Alike,
): readonly ConfigPath[] {
  const compilation = startCompilation(config, options);
  const [plan] = landscape.plans as readonly [Plan];
  const agents = compileAgents(compilation);
  const bindings = compileBindings(compilation, agents);
  return entriesAt(compilation.root.value, ["bindings"]).filter((path) => {
    const index = path.at(-1);
    const binding = bindings.find(({ node }) => node.path[1] === index);
    if (binding === undefined || (binding.kind === "dm" && binding.peer !== "*")) return false;
    const rest = bindings.filter((each) => each !== binding);
    const accounts = [...(plan.networks.get(binding.network)?.accounts.values() ?? [])].filter(
      ({ account }) => binding.account === null || binding.account === account,
    );
    return accounts.every((account) => {
      const routes = routesOf(rest, account.network, account.account, account.dmScope, agents);
      return isSame(account, { ...account, routes });
    });
  });

  function isSame(account: AccountPlan, changed: AccountPlan): boolean {
    return landscape.standings.every(({ spot, senders }) => {
      const [side] = spot.sides;
      if (side?.account !== account) return true;
      return spot.chats.every(({ chat }) => {
        const question = questionAt({ ...spot, chat }, senders.witness);
        if (seatOf(account, question).agent === seatOf(changed, question).agent) return true;
        const reading = { side, question, origin: question, elevated: "" };
        return alike.messages(reading, { ...reading, side: { ...side, account: changed } });
      });
    });
  }
}
