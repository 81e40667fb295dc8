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
    lint: ["elevated-among-strangers tools.elevated.allowFrom"],
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
    lint: [
      "elevated-among-strangers tools.elevated.allowFrom",
      "dead-person tools.elevated.allowFrom.telegram[1]",
    ],
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
    lint: ["elevated-for-nobody tools.elevated.enabled"],
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
    lint: [
      "dead-person agents.list[0].tools.elevated.allowFrom.telegram[0]",
      "dead-person tools.elevated.allowFrom.telegram[0]",
    ],
  },
];
