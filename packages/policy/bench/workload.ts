/** The workload of the design's measurements: 1,000 listed senders and 200 groups; 10,000 mixed requests. */
import type { Network } from "../src/network.ts";
import type { MessageRequest } from "../src/request.ts";

const ids = ["north", "east", "south", "west"];

export const networks: readonly Network[] = ids.map((id) => ({
  id,
  layout: "groups",
  canPair: true,
  sharedSenders: [],
  canonicalSender: (entry) => ({ ok: true, id: entry.trim() }),
  canonicalChat: (entry) => ({ ok: true, id: entry.trim() }),
}));

export function config(senders: number, groups: number): Record<string, unknown> {
  const perNetwork = (count: number) => Array.from({ length: count / ids.length }, (_, index) => index);
  return Object.fromEntries(
    ids.map((id) => [
      id,
      {
        dmPolicy: "allowlist",
        allowFrom: perNetwork(senders).map((index) => `${id}-${index}`),
        groups: Object.fromEntries(
          perNetwork(groups).map((index) => [
            `-${index}`,
            {
              requireMention: index % 4 !== 0,
              ...(index % 3 === 0 && { allowFrom: [`${id}-${index}`, `${id}-${index + 1}`] }),
            },
          ]),
        ),
      },
    ]),
  );
}

/** Made of JSON, as requests are in life: no string is the config's own. */
export function requests(senders: number, groups: number, count = 10_000): MessageRequest[] {
  return JSON.parse(
    JSON.stringify(
      Array.from({ length: count }, (_, index) => {
        const provider = ids[index % ids.length]!;
        const sender = `${provider}-${(index * 7) % (senders / 2)}`;
        const isDm = index % 2 === 0;
        const chat = isDm
          ? { kind: "dm", id: sender }
          : { kind: "group", id: `-${(index * 3) % (groups / 2)}` };
        return {
          action: "message",
          provider,
          account: "default",
          chat: { ...chat, thread: null, guild: null, team: null },
          sender: { id: sender, isBot: false, isSelf: false },
          mentioned: index % 3 === 0,
          mentionDetectable: true,
          command: index % 10 === 0 ? "status" : null,
        };
      }),
    ),
  ) as MessageRequest[];
}
