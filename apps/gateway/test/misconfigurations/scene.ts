/** Who there is, and where they meet. */

/** Where they meet: the network of every id here. */
export const stage = "telegram";

/** The owner and the friend are listed where nothing else is said; `nobody` is in no config. */
export const ids = { owner: "11", friend: "22", other: "33", stranger: "99", nobody: "77" } as const;
export type Person = keyof typeof ids;

/** `club` and `forum` are the rooms that a config may name; `hall` is one that none names. */
export const rooms = { club: "-1002000000011", hall: "-1002000000012", forum: "-1002000000013" } as const;
export type Room = keyof typeof rooms;

/** The topics of every room: one that a config may name, and one that none names. */
export const [topic, otherTopic] = ["2", "3"] as const;

export const listed = { dmPolicy: "allowlist", allowFrom: [ids.owner, ids.friend] } as const;
export const everyGroup = { groups: { "*": {} } } as const;
export const everybody = { dmPolicy: "open", allowFrom: ["*"] } as const;
export const owned = { commands: { ownerAllowFrom: [`${stage}:${ids.owner}`] } } as const;

/** Groups that bindings send to an agent. */
export const bound = (agentId: string, room: Room | "*" = "*") => ({
  bindings: [
    {
      agentId,
      match: { provider: stage, peer: { kind: "group", id: room === "*" ? room : rooms[room] } },
    },
  ],
});

/** An agent for its owner, and one for everybody in the groups. */
export const personalAndPublic = (personal: object, others: object) => ({
  agents: {
    list: [
      { id: "personal", default: true, ...personal },
      { id: "public", ...others },
    ],
  },
  ...bound("public"),
});

/** What lint says of an agent without a sandbox that friends reach: `key` is where the mode is written. */
export const friendsOnHost = (key: string) => [`host-exec-by-others ${key}`, `host-files-by-others ${key}`];
