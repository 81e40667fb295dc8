import type { Pairing } from "@clawd/pairing";
import { Events, type Client } from "discord.js";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createDiscordBot } from "../src/discord-bot.ts";
import { startDiscordServer, type DiscordServer } from "./discord-server.ts";

const owner = "80351110224678912";
const stranger = "90351110224678913";
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

function message(author: object, content: string, more: object): object {
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
    ...more,
  };
}

const say = (author: object, content: string, more: object) =>
  discord.dispatch("MESSAGE_CREATE", message(author, content, more));
const inDm = (from: string, content: string) =>
  say(user(from), content, { channel_id: `6${from}`, channel_type: 1 });
const inRoom = (from: string, content: string, more: object = {}) =>
  say(user(from), content, { channel_id: room, channel_type: 0, guild_id: guild, ...more });

/** That the bot has said this and nothing else, once it has dealt with everything that it was sent. */
async function expectSaid(...wanted: readonly unknown[]): Promise<void> {
  // Events are dealt with in their order; the owner's question is the last.
  say(user(owner), "are you done?", { channel_id: "699", channel_type: 1 });
  const others = () => discord.sent.filter(({ channel }) => channel !== "699").map(({ text }) => text);
  await discord.waitUntil((sent) => sent.length - others().length > 0 && others().length >= wanted.length);
  expect(others()).toEqual(wanted);
}

const aCode = expect.stringMatching(/approve [A-Z2-9]{8}$/);

test("a stranger gets one code and no answer", async () => {
  inDm(stranger, "hello");
  inDm(stranger, "hello?");
  await expectSaid(aCode);
});

test("the owner approves the code by chat, and the stranger is answered", async () => {
  inDm(stranger, "hello");
  await discord.waitUntil((sent) => sent.length === 1);
  inDm(owner, `approve ${pairing.list()[0]!.code}`);
  inDm(stranger, "hello");
  await expectSaid(aCode, `${stranger} may write to me now.`, "Hello! You are listed to me.");
});

test("nobody but an owner approves a code", async () => {
  inDm(stranger, "hello");
  await discord.waitUntil((sent) => sent.length === 1);
  const { code } = pairing.list()[0]!;
  inDm(stranger, `approve ${code}`);
  inRoom(stranger, `<@${me}> approve ${code}`);
  await expectSaid(aCode);
  expect(pairing.approved()).toEqual([]);
});

test("in the room only a mention is answered, with the standing of whoever wrote it", async () => {
  inRoom(stranger, "nice weather");
  inRoom(stranger, `<@${me}> is it?`);
  await expectSaid("Hello! You are stranger to me.");
});

test("in another room or another server not even a mention is answered", async () => {
  inRoom(owner, `<@${me}> hello`, { channel_id: elsewhere });
  discord.dispatch("GUILD_CREATE", {
    ...world.guilds[0],
    id: "198",
    channels: [channel("199")],
    threads: [],
  });
  inRoom(owner, `<@${me}> hello`, { channel_id: "199", guild_id: "198" });
  await expectSaid();
});

test("a thread stands under the rules of its room", async () => {
  inRoom(owner, `<@${me}> hello`, { channel_id: threadElsewhere, channel_type: 11 });
  inRoom(stranger, "nice weather", { channel_id: thread, channel_type: 11 });
  inRoom(owner, `<@${me}> hello`, { channel_id: thread, channel_type: 11 });
  await expectSaid("Hello! You are owner to me.");
});

test("a thread whose room is not known is nowhere", async () => {
  inRoom(owner, `<@${me}> hello`, { channel_id: "381870553235193861", channel_type: 11 });
  await expectSaid();
});

test("a name that reads like an allowed person's helps nobody", async () => {
  const twin = user(stranger, { username: owner, global_name: `discord:${owner}` });
  say(twin, "It is me", { channel_id: "61", channel_type: 1 });
  await expectSaid(aCode);
});

test("its own messages, those of other bots and those of webhooks are ignored", async () => {
  say(world.bot, `<@${me}>`, { channel_id: room, channel_type: 0, guild_id: guild });
  say(user("99", { bot: true }), `<@${me}>`, { channel_id: room, channel_type: 0, guild_id: guild });
  inRoom(owner, `<@${me}> deploy web`, { webhook_id: owner });
  await expectSaid();
});

test("an edit, a join and an event of a kind that nobody knows do nothing", async () => {
  const edited = { id: "1300000000000000000", channel_id: room, channel_type: 0, guild_id: guild };
  inRoom(owner, "nice weather", edited);
  discord.dispatch("MESSAGE_UPDATE", message(user(owner), `<@${me}> deploy web`, edited));
  inRoom(owner, `<@${me}> deploy web`, { type: 7 });
  discord.dispatch("TELEPATHY", { author: user(owner), content: `<@${me}> deploy web` });
  await expectSaid();
});
