/**
 * Whoever would not be let in is told the same of a call as of a message: code, keys and trace. Where several lists keep people
 * out of a room, the one that kept this person out.
 */
import type { Decision } from "../src/decision.ts";
import type { MessageRequest, Origin } from "../src/request.ts";
import type { Compile } from "./compare.ts";
import { networks } from "./networks.ts";
import { product } from "./product.ts";
import { directly, inChannel, inGroup } from "./scope-runs.ts";

/** Alice stands in all lists, bob in those of the wider places, carol in those of two narrow ones. */
const config = {
  circle: {
    allowFrom: ["alice"],
    groupPolicy: "allowlist",
    groupAllowFrom: ["alice", "bob", "carol"],
    groups: {
      g1: {
        allowFrom: ["alice", "bob"],
        topics: { "7": { allowFrom: ["alice"] }, "8": { allowFrom: ["alice", "carol"] } },
      },
      g2: { enabled: false },
    },
  },
  castle: {
    groupPolicy: "open",
    guilds: {
      G1: {
        users: ["alice", "bob"],
        channels: { c1: { users: ["alice"] }, c2: { users: ["carol"] }, c3: { enabled: false } },
      },
    },
  },
  harbour: { dmPolicy: "allowlist", allowFrom: ["alice"], channels: { c1: { users: ["alice"] } } },
};

const origins: readonly Origin[] = product({ id: ["alice", "bob", "carol"] }).flatMap(({ id }) => [
  directly(id),
  inGroup(id),
  inGroup(id, "7"),
  inGroup(id, "8"),
  { ...inGroup(id), chat: { kind: "group", id: "g2" } },
  { ...inGroup(id), chat: { kind: "group", id: "g3" } },
  inChannel(id, "castle"),
  inChannel(id, "castle", { id: "t1", parent: "c1" }),
  inChannel(id, "castle", { id: "c2" }),
  inChannel(id, "castle", { id: "c3" }),
  inChannel(id, "castle", { guild: "G2" }),
  directly(id, "harbour"),
  inChannel(id, "harbour"),
  { ...directly(id), account: "unknown" },
]);

const told = ({ code, rules, trace }: Decision): string => JSON.stringify([code, rules, trace]);

/** How many were turned away, and who was told two things. */
export function toldApart(compile: Compile): { readonly refused: number; readonly apart: readonly string[] } {
  const result = compile(config, { networks });
  if (!result.ok) return { refused: 0, apart: [JSON.stringify(result.issues)] };
  const { policy } = result;
  const apart: string[] = [];
  let refused = 0;
  for (const origin of origins) {
    const message: MessageRequest = { action: "message", ...origin, mentioned: true };
    const answer = policy.decide(message);
    if (answer.effect === "allow") continue;
    refused++;
    for (const run of ["turn", "subagent"] as const) {
      const call = policy.decide({ action: "tool", agent: "main", tool: "read", run, ...origin });
      if (call.effect !== "deny" || told(call) !== told(answer)) apart.push(JSON.stringify(origin));
    }
  }
  return { refused, apart };
}

export const firstToldApart = (compile: Compile): string | null => toldApart(compile).apart[0] ?? null;
