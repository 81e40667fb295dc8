/** From the start of the process to its first poll, and its memory when nothing happens. */
import {
  aPlace,
  type Measured,
  pause,
  startEchoBot,
  startGateway,
  startIdleNode,
  timeNode,
} from "./gateway-process.ts";
import { anthropic, configFor, next, telegram } from "./networks.ts";
import { figures, type Row } from "./statistics.ts";

const rounds = 9;
const idleMilliseconds = 5000;

export async function start(): Promise<readonly Row[]> {
  const model = await anthropic();
  const network = await telegram();
  const bare = await telegram();
  const place = aPlace(configFor(network, model, {}));
  const ours: number[] = [];
  const echo: number[] = [];
  const node: number[] = [];
  try {
    // Once without being counted: files get into the cache of the system, the compile cache is filled.
    for (let round = 0; round <= rounds; round++) {
      ours.push(await untilPoll(network.port, () => startGateway(place)));
      echo.push(await untilPoll(bare.port, () => startEchoBot(bare.url, bare.token, "echo")));
      node.push(await timeNode(place, ["-e", "0"]));
    }
  } finally {
    place.remove();
    await Promise.all([model, network, bare].map((one) => one.stop()));
  }
  const beside = (what: string, values: readonly number[]) => ({ what, figures: figures(values.slice(1)) });
  const measured = figures(ours.slice(1));
  return [
    {
      what: "start to first poll",
      unit: "ms",
      goal: { below: 500 },
      ours: measured,
      beside: beside("bare grammY bot", echo),
      openclaw: ["16,100", "4,900"],
    },
    {
      what: "start to first poll",
      unit: "ms",
      ours: measured,
      beside: beside("`node -e 0`, start to end", node),
    },
  ];
}

async function untilPoll(port: number, begin: () => Promise<Measured>): Promise<number> {
  const polled = next(port, "/getUpdates");
  const startedAt = performance.now();
  const running = await begin();
  const milliseconds = (await polled) - startedAt;
  await running.stop();
  return milliseconds;
}

export async function memory(): Promise<readonly Row[]> {
  const model = await anthropic();
  const network = await telegram();
  const bare = await telegram();
  const place = aPlace(configFor(network, model, {}));
  const samples: ReturnType<Measured["memory"]>[][] = [[], [], []];
  try {
    for (let round = 0; round < 3; round++) {
      const gateway = await startGateway(place);
      const bot = await startEchoBot(bare.url, bare.token, "echo");
      const nothing = await startIdleNode();
      await pause(idleMilliseconds);
      for (const [index, one] of [gateway, bot, nothing].entries()) {
        samples[index]!.push(one.memory());
        await one.stop();
      }
    }
  } finally {
    place.remove();
    await Promise.all([model, network, bare].map((one) => one.stop()));
  }
  const of = (index: number, part: "resident" | "proportional") =>
    figures(samples[index]!.map((sample) => sample[part]));
  return [
    {
      what: "idle, resident",
      unit: "MB",
      goal: { below: 100 },
      ours: of(0, "resident"),
      beside: { what: "bare grammY bot", figures: of(1, "resident") },
      openclaw: ["922", "339"],
    },
    {
      what: "idle, resident",
      unit: "MB",
      ours: of(0, "resident"),
      beside: { what: "node that waits", figures: of(2, "resident") },
    },
    {
      what: "idle, proportional share",
      unit: "MB",
      ours: of(0, "proportional"),
      beside: { what: "bare grammY bot", figures: of(1, "proportional") },
      openclaw: ["799", "262"],
    },
  ];
}
