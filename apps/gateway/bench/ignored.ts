/** What it costs to ignore a message: CPU of the whole process, of thousands of messages. */
import type { TelegramEmulator } from "@clawd/emulators/telegram";
import { aPlace, type Measured, startEchoBot, startGateway } from "./gateway-process.ts";
import { anthropic, configFor, group, next, people, telegram } from "./networks.ts";
import { type Figures, figures, type Row } from "./statistics.ts";

const rounds = 5;
const atOnce = 4000;
const oneByOne = 500;
const strangers = people(50);

type Speak = (network: TelegramEmulator, index: number) => void;

const stranger: Speak = ({ control }, index) =>
  control.say({ from: strangers[index % strangers.length]!, text: "hello, let me in" });
const unmentioned: Speak = ({ control }, index) =>
  control.say({ from: strangers[index % strangers.length]!, chat: group, text: "nice weather today" });

export async function ignored(): Promise<readonly Row[]> {
  const model = await anthropic();
  const place = async (rules: Readonly<Record<string, unknown>>) => {
    const network = await aNetwork();
    const home = aPlace(configFor(network, model, rules));
    return { network, home, process: (await startGateway(home)) as Measured };
  };
  const closed = await place({ dmPolicy: "allowlist", allowFrom: ["1"], groups: { [group]: {} } });
  const pairing = await place({});
  const bareNetwork = await aNetwork();
  const bare = {
    network: bareNetwork,
    process: await startEchoBot(bareNetwork.url, bareNetwork.token, "ignore"),
  };
  try {
    const cases = [
      ["stranger, not on the list", closed, stranger, ["9.7", "4.7"]],
      ["stranger who was told how to pair", pairing, stranger, undefined],
      ["group message without mention", closed, unmentioned, ["31", "5.7"]],
    ] as const;
    const rows: Row[] = [];
    for (const [what, ours, speak, openclaw] of cases) {
      const [own, theirs] = await inTurns(ours, bare, (one) => flood(one, speak, atOnce));
      rows.push({
        what: `${what}: CPU each, ${atOnce} at once`,
        unit: "ms",
        goal: { below: 0.2 },
        ours: own,
        beside: { what: "bare grammY bot", figures: theirs },
        ...(openclaw === undefined ? {} : { openclaw }),
      });
    }
    const [own, theirs] = await inTurns(closed, bare, (one) => trickle(one, stranger, oneByOne));
    rows.push({
      what: "stranger, not on the list: CPU each, one poll for each",
      unit: "ms",
      ours: own,
      beside: { what: "bare grammY bot", figures: theirs },
    });
    return rows;
  } finally {
    for (const { process } of [closed, pairing, bare]) await process.stop();
    for (const { home } of [closed, pairing]) home.remove();
    for (const { network } of [closed, pairing, bare]) await network.stop();
    await model.stop();
  }
}

async function aNetwork(): Promise<TelegramEmulator> {
  const network = await telegram();
  for (const id of strangers) network.control.addUser({ id, firstName: `Stranger ${id}` });
  network.control.addSupergroup({ id: group, title: "Friends", members: strangers });
  network.control.setReadsAllGroupMessages(true);
  return network;
}

interface Side {
  readonly network: TelegramEmulator;
  readonly process: Measured;
}

/** One uncounted round, in which strangers get their codes and code gets warm, then rounds of one and of the other. */
async function inTurns(
  ours: Side,
  theirs: Side,
  run: (side: Side) => Promise<number>,
): Promise<readonly [Figures, Figures]> {
  const values: [number[], number[]] = [[], []];
  for (let round = 0; round <= rounds; round++) {
    values[0].push(await run(ours));
    values[1].push(await run(theirs));
  }
  return [figures(values[0].slice(1)), figures(values[1].slice(1))];
}

/** Milliseconds of CPU for each message when all of them wait at the network already. */
async function flood({ network, process }: Side, speak: Speak, count: number): Promise<number> {
  const before = process.cpu();
  for (let index = 0; index < count; index++) speak(network, index);
  await network.control.waitForConfirmed(60_000);
  return (process.cpu() - before) / count;
}

/** Milliseconds of CPU for each message when it is said once the last one was taken in. */
async function trickle({ network, process }: Side, speak: Speak, count: number): Promise<number> {
  const before = process.cpu();
  for (let index = 0; index < count; index++) {
    const polled = next(network.port, "/getUpdates");
    speak(network, index);
    await polled;
  }
  return (process.cpu() - before) / count;
}
