/** Who is meant to leave the sandbox, and who does. */
import type { Misconfiguration } from "./misconfiguration.ts";
import { everyGroup, ids, listed, owned } from "./scene.ts";

export const elevated: readonly Misconfiguration[] = [
  {
    name: "every group is open, and elevated mode is for a friend as well",
    config: {
      telegram: { ...listed, groupPolicy: "open", ...everyGroup },
      ...owned,
      tools: { elevated: { allowFrom: { telegram: [ids.owner, ids.friend] } } },
    },
    gets: [
      {
        what: "elevated",
        by: "friend",
        in: "hall",
        tool: "bash",
        elevated: true,
        ends: "host after approval",
      },
      {
        what: "elevated",
        by: "owner",
        in: "hall",
        tool: "bash",
        elevated: true,
        ends: "host after approval",
      },
      { what: "sandbox-exec", by: "stranger", in: "hall", tool: "bash", ends: "sandbox" },
    ],
    lacks: [
      {
        what: "elevated",
        by: "stranger",
        in: "hall",
        tool: "bash",
        elevated: true,
        ends: "elevated-not-allowed",
      },
      { what: "host-exec", by: "friend", in: "hall", tool: "bash", ends: "sandbox" },
    ],
    lint: [],
  },
  {
    name: "elevated mode is for somebody whom no list of people names",
    config: {
      telegram: { ...listed, ...everyGroup },
      ...owned,
      tools: { elevated: { allowFrom: { telegram: [ids.owner, ids.stranger] } } },
    },
    gets: [{ what: "sandbox-exec", by: "stranger", in: "club", tool: "bash", ends: "sandbox" }],
    lacks: [
      {
        what: "elevated",
        by: "stranger",
        in: "club",
        tool: "bash",
        elevated: true,
        ends: "elevated-not-allowed",
      },
    ],
    lint: ["tools.elevated.allowFrom.telegram"],
  },
  {
    name: "elevated mode is switched on and names nobody",
    config: { telegram: { ...listed, ...everyGroup }, ...owned, tools: { elevated: { enabled: true } } },
    gets: [{ what: "host-exec", by: "owner", tool: "bash", ends: "host" }],
    lacks: [
      {
        what: "elevated",
        by: "owner",
        in: "club",
        tool: "bash",
        elevated: true,
        ends: "elevated-not-allowed",
      },
      { what: "elevated", by: "friend", tool: "bash", elevated: true, ends: "elevated-not-allowed" },
    ],
    lint: ["tools.elevated"],
  },
  {
    name: "an agent's own list for elevated mode is taken for a grant",
    config: {
      telegram: listed,
      ...owned,
      agents: { list: [{ id: "main", tools: { elevated: { allowFrom: { telegram: [ids.friend] } } } }] },
      tools: { elevated: { allowFrom: { telegram: [ids.owner] } } },
    },
    gets: [],
    lacks: [
      { what: "elevated", by: "friend", tool: "bash", elevated: true, ends: "elevated-not-allowed" },
      { what: "elevated", by: "owner", tool: "bash", elevated: true, ends: "elevated-not-allowed" },
    ],
    lint: ["tools.elevated.allowFrom.telegram", "agents.list[0].tools.elevated.allowFrom.telegram"],
  },
];
