import type { AddressInfo } from "node:net";
import type { Pairing } from "@clawd/pairing";
import { LogLevel, type App } from "@slack/bolt";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createSlackApp } from "../src/bolt-app.ts";
import { aCode, pairingStory } from "./pairing-story.ts";
import { startSlackServer, type SlackServer } from "./slack-server.ts";

const owner = "U0OWNER42";
const stranger = "U0STRANGE";
const me = "U0BOT";
const secret = "signing secret";

let slack: SlackServer;
let app: App;
let address: string;
let pairing: Pairing;
let deployed: string[];

beforeEach(async () => {
  slack = await startSlackServer(secret, { user_id: me, bot_id: "B0BOT", team_id: "T1" });
  deployed = [];
  const deploy = async (target: string) => void deployed.push(target);
  const bolt = {
    token: "xoxb-token",
    signingSecret: secret,
    // A request is answered once the listeners are done, so the tests need not wait for anything.
    processBeforeResponse: true,
    clientOptions: { slackApiUrl: slack.api },
    logLevel: LogLevel.ERROR,
  };
  ({ app, pairing } = createSlackApp({ deploy, bolt }));
  const server = (await app.start({ host: "127.0.0.1", port: 0 })) as { address(): AddressInfo };
  address = `http://127.0.0.1:${server.address().port}/slack/events`;
});

afterEach(async () => {
  await app.stop();
  await slack.stop();
});

const message = { type: "message", ts: "2.1", event_ts: "2.1" };
const inDm = (user: string, text: string, more: object = {}) =>
  slack.post(address, { ...message, user, text, channel: `D${user}`, channel_type: "im", ...more });
const inRoom = (user: string, text: string, more: object = {}) =>
  slack.post(address, { ...message, user, text, channel: "C0GENERAL1", channel_type: "channel", ...more });
const said = () => slack.sent.map(({ text }) => text);
pairingStory({ owner, stranger, mention: `<@${me}>`, inDm, inRoom, said, pairing: () => pairing });

test("in the channel only a mention is answered, in its thread, with the standing of whoever wrote it", async () => {
  await inRoom(stranger, "nice weather");
  await inRoom(stranger, "&lt;@U0BOT&gt; is it?");
  await inRoom(stranger, `<@${me}> is it?`, { thread_ts: "1.9" });
  await inRoom(owner, `is it, <@${me}|bot>?`);
  expect(slack.sent).toMatchObject([
    { text: "Hello! You are stranger to me.", channel: "C0GENERAL1", thread_ts: "1.9" },
    { text: "Hello! You are owner to me.", channel: "C0GENERAL1" },
  ]);
});

test("in another channel, a private one and a group DM not even a mention is answered", async () => {
  await inRoom(owner, `<@${me}> hello`, { channel: "C0ELSEWHERE" });
  await inRoom(owner, `<@${me}> hello`, { channel: "G0SECRET", channel_type: "group" });
  await inRoom(owner, `<@${me}> hello`, { channel: "G0SEVERAL", channel_type: "mpim" });
  expect(said()).toEqual([]);
});

test("a name that reads like an allowed person's helps nobody", async () => {
  const profile = { username: owner, user_profile: { name: owner, display_name: `slack:${owner}` } };
  await inDm(stranger, "It is me", profile);
  expect(said()).toEqual([aCode]);
});

test("its own messages, those of other bots and those of Slackbot are ignored", async () => {
  await inRoom(me, `<@${me}> deploy web`);
  await inRoom(owner, `<@${me}> deploy web`, { bot_id: "B0OTHER" });
  await inRoom(owner, `<@${me}> deploy web`, { subtype: "bot_message", bot_id: "B0OTHER" });
  await inDm("USLACKBOT", "hello");
  expect(said()).toEqual([]);
});

test("an edit, a join and an event of a kind that nobody knows do nothing", async () => {
  const edited = { ...message, user: owner, text: `<@${me}> deploy web` };
  await inRoom(owner, "", { subtype: "message_changed", message: edited, previous_message: edited });
  await inRoom(owner, `<@${me}> deploy web`, { subtype: "channel_join" });
  await inRoom(owner, `<@${me}> deploy web`, { channel_type: "telepathy" });
  await slack.post(address, { type: "telepathy", user: owner, text: `<@${me}> deploy web` });
  expect(said()).toEqual([]);
});

test("a request that Slack did not sign does nothing", async () => {
  const event = { ...message, user: owner, text: "hello", channel: "D1", channel_type: "im" };
  expect(await slack.post(address, event, "another secret")).toBe(401);
  expect(said()).toEqual([]);
});

test("only the owner has it deploy, and only where nobody else has a say", async () => {
  pairing.approveId(stranger);
  await inDm(stranger, "deploy friend");
  await inRoom(stranger, `<@${me}> deploy stranger`);
  await inRoom(owner, `<@${me}> deploy asked-for-in-public`);
  await inDm(owner, "deploy web");
  const no = "I may not do that for you.";
  expect(said()).toEqual([no, no, no, "web is deployed."]);
  expect(deployed).toEqual(["web"]);
});
