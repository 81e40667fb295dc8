/** Docker behind the port, through its HTTP interface; no program is started for it. */
import { systemClock, type Clock } from "@clawd/kernel";
import type Docker from "dockerode";
import { isEngineWord } from "../acceptable.ts";
import type { ContainerInfo, Engine, ImageInfo } from "../engine.ts";
import { built } from "./build.ts";
import { imageInspection, questions } from "./connection.ts";
import { creation } from "./container.ts";
import { describeEngine } from "./describe.ts";
import { missing, refused, statusOf } from "./fault.ts";
import { differences, type Made } from "./readback.ts";
import { engineSession, type DockerEngineOptions } from "./session.ts";
import { launched, ranBeside, started } from "./streams.ts";

type Signal = AbortSignal | undefined;

export function dockerEngine(options: DockerEngineOptions): Engine {
  const { clock = systemClock } = options;
  const socket = "socket" in options ? options.socket : null;
  const session = engineSession(options);

  const remove = (container: string, signal: Signal) =>
    session.ask({ doing: "remove a container", patience: "act", signal }, (docker, abortSignal) =>
      removed(docker, word(container), clock, abortSignal),
    );
  const image = (reference: string, signal: Signal) =>
    session.ask({ doing: "look for an image", patience: "ask", signal }, (docker, abortSignal) =>
      imageOf(docker, reference, abortSignal),
    );

  return {
    image,
    remove,
    start: (container, signal) => started(session, word(container), signal),
    launch: (container, signal) => launched(session, word(container), signal),
    run: (container, command, signal) => ranBeside(session, word(container), command, signal),

    describe: (signal) =>
      session.ask({ doing: "describe itself", patience: "ask", signal }, async (docker, abortSignal) => {
        const engine = questions(docker);
        const [info, version] = await Promise.all([
          engine.info({ abortSignal }),
          engine.version({ abortSignal }),
        ]);
        return describeEngine({ info, version });
      }),

    async build(build, onProgress, signal) {
      await built(session, build, onProgress, signal);
      const made = await image(build.tag, signal);
      if (made === null) throw missing("The image that was built is not there.", "Build it again.");
      return made;
    },

    async create(specification, signal) {
      const body = creation(specification, socket);
      const asking = { doing: "make a container", patience: "act", signal } as const;
      const { id, wrong } = await session.ask(asking, async (docker, abortSignal) => {
        // Said apart, or dockerode puts all of it into the address of the request.
        const request = { _query: { name: specification.name }, _body: body, abortSignal };
        const container = await docker.createContainer(request as object);
        const made: object = await container.inspect({ abortSignal });
        return { id: container.id, wrong: differences(body, made as Made) };
      });
      if (wrong.length === 0) return id;
      await remove(id, undefined);
      throw refused(
        `The container engine did not make the container as asked: ${wrong.join(", ")}.`,
        "`clawdbot doctor` says what this engine cannot limit; a volume of an image needs a tmpfs at its place.",
      );
    },

    removeUnnamed: (label, keep, signal) =>
      session.ask({ doing: "remove old images", patience: "act", signal }, (docker, abortSignal) =>
        unnamedRemoved(docker, { label, keep }, abortSignal),
      ),

    inspect: (container, signal) =>
      session.ask({ doing: "look at a container", patience: "ask", signal }, async (docker, abortSignal) => {
        const found = await orNull(docker.getContainer(word(container)).inspect({ abortSignal }));
        return found === null
          ? null
          : {
              id: found.Id,
              name: nameOf(found.Name),
              image: found.Image,
              labels: found.Config.Labels ?? {},
              isRunning: found.State.Running,
              createdAt: Date.parse(found.Created) || 0,
            };
      }),

    list: (labels, signal) =>
      session.ask({ doing: "list containers", patience: "ask", signal }, async (docker, abortSignal) => {
        const label = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
        const filters = JSON.stringify({ label });
        const found = await docker.listContainers({ all: true, filters, abortSignal });
        return found.map((entry): ContainerInfo => ({
          id: entry.Id,
          name: nameOf(entry.Names[0] ?? ""),
          image: entry.ImageID,
          labels: entry.Labels ?? {},
          isRunning: entry.State === "running" || entry.State === "paused",
          createdAt: entry.Created * 1000,
        }));
      }),
  };
}

async function imageOf(
  docker: Docker,
  reference: string,
  abortSignal: AbortSignal,
): Promise<ImageInfo | null> {
  if (!/^[a-zA-Z0-9][\w./:@-]{0,511}$/.test(reference) || reference.includes(".."))
    throw refused("This is no name of an image.", "Write it as name:tag.");
  const found = await orNull(imageInspection(docker, reference, abortSignal));
  if (found === null) return null;
  const variables = (found.Config.Env ?? []).map((entry) => {
    const equals = entry.indexOf("=");
    return [entry.slice(0, equals), entry.slice(equals + 1)] as const;
  });
  return { id: found.Id, labels: found.Config.Labels ?? {}, environment: Object.fromEntries(variables) };
}

async function unnamedRemoved(
  docker: Docker,
  { label, keep }: { readonly label: string; readonly keep: number },
  abortSignal: AbortSignal,
): Promise<number> {
  const filters = JSON.stringify({ dangling: ["true"], label: [label] });
  const found = await docker.listImages({ filters, abortSignal } as object);
  // The list has whole seconds, in which several may have been made.
  const images = await Promise.all(
    found.map(async ({ Id }) => {
      const image = await orNull(imageInspection(docker, Id, abortSignal));
      return { Id, madeAt: Date.parse(image?.Created ?? "") || 0 };
    }),
  );
  let gone = 0;
  for (const { Id } of images.toSorted((a, b) => b.madeAt - a.madeAt).slice(keep)) {
    try {
      await docker.getImage(Id).remove({ abortSignal } as object);
      gone++;
    } catch (error) {
      // In use, or somebody else was quicker.
      if (statusOf(error) !== 409 && statusOf(error) !== 404) throw error;
    }
  }
  return gone;
}

/** With its anonymous volumes; waits where somebody else removes it already. */
async function removed(
  docker: Docker,
  container: string,
  clock: Clock,
  abortSignal: AbortSignal,
): Promise<void> {
  while (!abortSignal.aborted) {
    try {
      await docker.getContainer(container).remove({ force: true, v: true, abortSignal } as object);
      return;
    } catch (error) {
      if (statusOf(error) === 404) return;
      if (statusOf(error) !== 409) throw error;
      await clock.sleep(50, abortSignal);
    }
  }
}

async function orNull<Answer>(answer: Promise<Answer>): Promise<Answer | null> {
  try {
    return await answer;
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
}

/** A container's name or id becomes a part of an address. */
function word(container: string): string {
  if (isEngineWord(container)) return container;
  throw refused("This is no name of a container.", "Letters, digits and _ . - only.");
}

const nameOf = (found: string): string => found.replace(/^\//, "");
