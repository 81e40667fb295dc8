import { expect, test } from "vitest";
import { networks } from "../../proof/networks.ts";
import { compile } from "../index.ts";
import { reach } from "./reach.ts";

test("a channel is not taken for the group of its id that an agent is bound to", () => {
  const bound = { agentId: "work", match: { provider: "circle", peer: { kind: "group", id: "g1" } } };
  const compiled = compile(
    {
      circle: { groupPolicy: "open" },
      agents: { list: [{ id: "main", default: true }, { id: "work" }] },
      bindings: [bound],
    },
    { networks },
  );
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues));
  const turns = reach(compiled.policy).filter(({ capability }) => capability === "turn");
  const placesOf = (id: string) =>
    turns
      .filter(({ agent }) => agent === id)
      .flatMap(({ chats }) => chats.map((chat) => `${chat.kind} ${chat.id}`));
  expect(placesOf("work")).toEqual(["group g1"]);
  expect(placesOf("main")).toContain("channel g1");
});
