/** The two streams that Docker has into a container: to its first process, and to one that is started beside it. */
import type { Duplex } from "node:stream";
import type Docker from "dockerode";
import type { ContainerStream } from "../engine.ts";
import { attached } from "./attached.ts";
import type { EngineSession } from "./session.ts";

type Signal = AbortSignal | undefined;

/** Attached before it is started: what it says first is not lost. */
export async function started(
  session: EngineSession,
  container: string,
  signal: Signal,
): Promise<ContainerStream> {
  const stream = await streamed(session, "attach to a container", signal, async (docker, abortSignal) => {
    const streams = { stream: true, stdin: true, stdout: true, stderr: true, hijack: true, abortSignal };
    return (await docker.getContainer(container).attach(streams)) as Duplex;
  });
  try {
    await launched(session, container, signal);
    return stream;
  } catch (fault) {
    stream.destroy();
    throw fault;
  }
}

export async function launched(session: EngineSession, container: string, signal: Signal): Promise<void> {
  const asking = { doing: "start a container", patience: "act", signal } as const;
  await session.ask(asking, async (docker, abortSignal) => {
    await docker.getContainer(container).start({ abortSignal });
  });
}

/** Docker's `exec`: it takes the container's user, capabilities, filter and limits, and no variable but the container's own. */
export function ranBeside(
  session: EngineSession,
  container: string,
  command: readonly string[],
  signal: Signal,
): Promise<ContainerStream> {
  const ask = {
    Cmd: [...command],
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Tty: false,
    Privileged: false,
    Env: [],
  };
  return streamed(session, "run a program in a container", signal, async (docker, abortSignal) => {
    const program = await docker.getContainer(container).exec({ ...ask, abortSignal });
    return program.start({ hijack: true, stdin: true, Tty: false, abortSignal });
  });
}

async function streamed(
  session: EngineSession,
  doing: string,
  signal: Signal,
  open: (docker: Docker, abortSignal: AbortSignal) => Promise<Duplex>,
): Promise<ContainerStream> {
  const discard = (late: Duplex) => void late.destroy();
  const stream = attached(await session.ask({ doing, patience: "act", signal, discard }, open));
  // Whoever takes the stream listens; until then, a broken one must not end the gateway.
  stream.on("error", () => undefined);
  return stream;
}
