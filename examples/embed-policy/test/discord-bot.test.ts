import type { Pairing } from "@clawd/pairing";
import { Events, type Client } from "discord.js";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createDiscordBot } from "../src/discord-bot.ts";
import { aCode, pairingStory } from "./pairing-story.ts";
import { startDiscordServer, type DiscordServer } from "./discord-server.ts";

const owner = "80351110224678912";
const stranger = "90351110224678913";
const deployer = "60351110224678910";
const me = "70351110224678911";
const guild = "197038439483310086";
const room = "381870553235193857";
const elsewhere = "381870553235193858";
const thread = "381870553235193859";
const threadElsewhere = "381870553235193860";

const user = (id: string, more: object = {}) => ({ id, username: "somebody", discriminator: "0", ...more });
const channel = (id: string, more: object = {}) => ({ id, type: 0, name: "room", position: 0, ...more });
const world = {
  bot: user(me, { bot: true }),
  guilds: [
    {
      id: guild,
      name: "Friends",
      owner_id: owner,
      member_count: 3,
      channels: [channel(room), channel(elsewhere)],
      threads: [
        channel(thread, { type: 11, parent_id: room }),
        channel(threadElsewhere, { type: 11, parent_id: elsewhere }),
      ],
      members: [],
      roles: [{ id: guild, name: "@everyone", permissions: "0", position: 0 }],
      emojis: [],
      features: [],
    },
  ],
};

let discord: DiscordServer;
let client: Client;
let pairing: Pairing;
let deployed: string[];
let count = 0;

beforeEach(async () => {
  discord = await startDiscordServer(world);
  deployed = [];
  const deploy = async (target: string) => void deployed.push(target);
  const rest = { api: discord.api };
  ({ client, pairing } = createDiscordBot({ deploy, discord: { rest } }));
  const isReady = new Promise((resolve) => client.once(Events.ClientReady, resolve));
  await client.login("token");
  await isReady;
});

afterEach(async () => {
  await client.destroy();
  await discord.stop();
});

function message(author: object, content: string): object {
  return {
    id: String(1_300_000_000_000_000_000n + BigInt(++count)),
    type: 0,
    author,
    content,
    mentions: content.includes(`<@${me}>`) ? [world.bot] : [],
    mention_roles: [],
    mention_everyone: false,
    attachments: [],
    embeds: [],
    timestamp: "2026-01-01T00:00:00Z",
    edited_timestamp: null,
    tts: false,
  };
}

interface Place {
  readonly channel_id: string;
  readonly [field: string]: unknown;
}

/** Resolves once the bot has dealt with it: calls about one channel go out one after the other, and this one is the last. */
async function send(type: string, data: Place): Promise<void> {
  await discord.dispatch(type, data);
  await client.rest.post(`/channels/${data.channel_id}/messages`, { body: { content: "(end)" } });
}

const say = (author: object, content: string, place: Place) =>
  send("MESSAGE_CREATE", { ...message(author, content), ...place });
const inDm = (from: string, content: string) =>
  say(user(from), content, { channel_id: `6${from}`, channel_type: 1 });
const inRoom = (from: string, content: string, more: object = {}) =>
  say(user(from), content, { channel_id: room, channel_type: 0, guild_id: guild, ...more });
const said = () => discord.sent.map(({ text }) => text).filter((text) => text !== "(end)");

pairingStory({ owner, stranger, mention: `<@${me}>`, inDm, inRoom, said, pairing: () => pairing });

test("in the room only a mention is answered, with the standing of whoever wrote it", async () => {
  await inRoom(stranger, "nice weather");
  await inRoom(stranger, `<@${me}> is it?`);
  expect(said()).toEqual(["Hello! You are stranger to me."]);
});

test("in another room or another server not even a mention is answered", async () => {
  await inRoom(owner, `<@${me}> hello`, { channel_id: elsewhere });
  await discord.dispatch("GUILD_CREATE", {
    ...world.guilds[0],
    id: "198",
    channels: [channel("199")],
    threads: [],
  });
  await inRoom(owner, `<@${me}> hello`, { channel_id: "199", guild_id: "198" });
  expect(said()).toEqual([]);
});

test("a thread stands under the rules of its room", async () => {
  await inRoom(owner, `<@${me}> hello`, { channel_id: threadElsewhere, channel_type: 11 });
  await inRoom(stranger, "nice weather", { channel_id: thread, channel_type: 11 });
  await inRoom(owner, `<@${me}> hello`, { channel_id: thread, channel_type: 11 });
  expect(said()).toEqual(["Hello! You are owner to me."]);
});

test("a thread whose room is not known is nowhere", async () => {
  await inRoom(owner, `<@${me}> hello`, { channel_id: "381870553235193861", channel_type: 11 });
  expect(said()).toEqual([]);
});

test("a name that reads like an allowed person's helps nobody", async () => {
  const twin = user(stranger, { username: owner, global_name: `discord:${owner}` });
  await say(twin, "It is me", { channel_id: "61", channel_type: 1 });
  expect(said()).toEqual([aCode]);
});

test("its own messages, those of other bots and those of webhooks are ignored", async () => {
  await say(world.bot, `<@${me}>`, { channel_id: room, channel_type: 0, guild_id: guild });
  await say(user("99", { bot: true }), `<@${me}>`, { channel_id: room, channel_type: 0, guild_id: guild });
  await inRoom(owner, `<@${me}> deploy web`, { webhook_id: owner });
  expect(said()).toEqual([]);
});

test("an edit, a join and an event of a kind that nobody knows do nothing", async () => {
  const edited = { id: "1300000000000000000", channel_id: room, channel_type: 0, guild_id: guild };
  await inRoom(owner, "nice weather", edited);
  await send("MESSAGE_UPDATE", { ...message(user(owner), `<@${me}> deploy web`), ...edited });
  await inRoom(owner, `<@${me}> deploy web`, { type: 7 });
  await send("TELEPATHY", { channel_id: room, author: user(owner), content: `<@${me}> deploy web` });
  expect(said()).toEqual([]);
});

test("only the owner and whoever is named have it deploy", async () => {
  pairing.approveId(stranger);
  await inDm(stranger, "deploy friend");
  await inRoom(stranger, `<@${me}> deploy stranger`);
  await inRoom(deployer, `<@${me}> deploy web`);
  await inRoom(owner, `<@${me}> deploy shop`);
  const no = "I may not do that for you.";
  expect(said()).toEqual([no, no, "web is deployed.", "shop is deployed."]);
  expect(deployed).toEqual(["web", "shop"]);
});
