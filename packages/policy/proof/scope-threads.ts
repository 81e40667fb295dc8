/** What counts as the chat that a run answers: itself and its threads, and nothing that only looks like one. */
import type { MessageRequest, Origin, SendRequest } from "../src/request.ts";
import { absent, product, written } from "./product.ts";
import { ownership, sendings } from "./scope-runs.ts";
import type { Slice } from "./scope.ts";

const chats: readonly MessageRequest["chat"][] = product({
  kind: ["dm", "group", "channel"] as const,
  id: ["alice", "c1"],
  parent: [absent, "alice", "c1"],
}).map((chat) => written(chat) as MessageRequest["chat"]);

const threads: Slice = {
  name: "sending, threads",
  covers: "every chat × every chat: kinds, ids and parents that cross, by account",
  configs: () =>
    ["here", "accepted"].map((send) => ({
      ...ownership,
      tools: { sandbox: { tools: { allow: ["message"] } } },
      access: { profiles: { friend: { send } } },
      circle: {
        dmPolicy: "open",
        allowFrom: ["*", "alice"],
        groupPolicy: "open",
        accounts: { work: { dmPolicy: "allowlist", allowFrom: ["alice"], groupPolicy: "disabled" } },
      },
    })),
  cases: () =>
    sendings({
      from: chats.map((chat): Origin => ({ provider: "circle", chat, sender: { id: "alice" } })),
      to: product({ account: [absent, "work"], chat: chats }).map(
        (to) => written({ provider: "circle", ...to }) as SendRequest["to"],
      ),
    }),
};

export const threadSlices: readonly Slice[] = [threads];
