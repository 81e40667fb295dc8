/**
 * The HTTP side of the files. Every request here has shown the token. A file goes up in parts, each small enough for the
 * gateway's limit of one request; down it goes as bytes that no browser runs, whatever is in them.
 */
import type { Announced, Files } from "./files.ts";
import { uploadLimits } from "./files.ts";
import { imageTypeOf } from "./image-type.ts";
import { notAllowed, noStore, problem } from "./problem.ts";

const megabytes = Math.floor(uploadLimits.maxBytes / 1024 / 1024);
const tooLarge = () => problem(413, "The file is too large.", `Send at most ${megabytes} MB.`);
const noSuchFile = () =>
  problem(404, "There is no such file.", "It was kept for a week at most, or the gateway was restarted.");

export const filesPath = "/webchat/files";

/** @param path below `filesPath`, without the slash */
export async function answerFiles(request: Request, path: string, files: Files): Promise<Response> {
  if (path === "") return request.method === "POST" ? begin(request, files) : notAllowed("POST");
  if (request.method === "PUT") return append(request, path, files);
  return request.method === "GET" ? read(path, files) : notAllowed("GET, PUT");
}

async function begin(request: Request, files: Files): Promise<Response> {
  const announced = readAnnounced(await request.text());
  if (announced === undefined) {
    return problem(400, "This announces no file.", "Send JSON: name, type and size, and nothing else.");
  }
  if (announced.size > uploadLimits.maxBytes) return tooLarge();
  const id = await files.begin(announced);
  if (id === undefined) return problem(503, "There is no room for the file.", "Send it again later.");
  return Response.json({ id, received: 0 }, { status: 201, headers: noStore });
}

async function append(request: Request, id: string, files: Files): Promise<Response> {
  // A form of another site cannot send this type, whatever else it may be able to send.
  if (request.headers.get("content-type") !== "application/octet-stream") {
    return problem(415, "This is no part of a file.", "Send content-type: application/octet-stream.");
  }
  const at = new URL(request.url).searchParams.get("at") ?? "";
  if (!/^(?:0|[1-9][0-9]{0,15})$/.test(at))
    return problem(400, "There is no place.", "Send ?at=<bytes sent>.");
  const part = new Uint8Array(await request.arrayBuffer());
  const appended = await files.append(id, Number(at), part);
  if (appended === undefined) return noSuchFile();
  const { received, size, isTaken } = appended;
  // What comes again because its answer was lost is told where to go on.
  return Response.json({ received, size }, { status: isTaken ? 200 : 409, headers: noStore });
}

async function read(id: string, files: Files): Promise<Response> {
  const bytes = await files.read(id);
  if (bytes === undefined) return noSuchFile();
  return new Response(new Uint8Array(bytes), {
    headers: {
      ...noStore,
      "content-type": imageTypeOf(bytes) ?? "application/octet-stream",
      "content-disposition": "attachment",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
      "x-content-type-options": "nosniff",
    },
  });
}

const typeForm = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,80}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,80}$/;

function readAnnounced(json: string): Announced | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const { name, type, size } = value as Record<string, unknown>;
  if (Object.keys(value).some((key) => !["name", "type", "size"].includes(key))) return undefined;
  if (typeof name !== "string" || name === "" || name.length > 255 || typeof type !== "string")
    return undefined;
  if (!Number.isSafeInteger(size) || (size as number) < 1) return undefined;
  const given = type.split(";")[0]!.trim().toLowerCase();
  return { name, type: typeForm.test(given) ? given : null, size: size as number };
}
