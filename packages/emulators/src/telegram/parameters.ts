/** Reads a method's parameters from every encoding the Bot API takes, and refuses what it does not know. */
import { badRequest } from "./api-error.ts";

export interface Upload {
  readonly name: string;
  readonly type: string;
  readonly content: Buffer;
}

/** Values are strings, or what JSON gave; uploads are named by their form field. */
export interface RawParameters {
  readonly values: ReadonlyMap<string, unknown>;
  readonly uploads: ReadonlyMap<string, Upload>;
}

/** @throws ApiError 400 when the body is not what its content type says. */
export async function parseParameters(
  query: string,
  contentType: string,
  body: Buffer,
): Promise<RawParameters> {
  const values = new Map<string, unknown>(new URLSearchParams(query));
  const uploads = new Map<string, Upload>();
  const type = contentType.split(";")[0]!.trim().toLowerCase();
  if (body.length === 0) return { values, uploads };
  if (type === "application/json") {
    for (const [name, value] of Object.entries(parseObject(String(body)))) values.set(name, value);
  } else if (type === "application/x-www-form-urlencoded") {
    for (const [name, value] of new URLSearchParams(String(body))) values.set(name, value);
  } else if (type === "multipart/form-data") {
    for (const [name, value] of await parseForm(contentType, body)) {
      if (typeof value === "string") values.set(name, value);
      else {
        const content = Buffer.from(await value.arrayBuffer());
        uploads.set(name, { name: value.name, type: value.type, content });
      }
    }
  } else {
    throw badRequest("unsupported content type");
  }
  return { values, uploads };
}

function parseObject(text: string): object {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw badRequest("can't parse JSON object");
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw badRequest("can't parse JSON object");
  }
  return parsed;
}

async function parseForm(contentType: string, body: Buffer): Promise<FormData> {
  try {
    return await new Response(new Uint8Array(body), { headers: { "content-type": contentType } }).formData();
  } catch {
    throw badRequest("can't parse multipart/form-data");
  }
}

/** Turns a raw value (undefined when absent) into a typed one, or throws an ApiError. */
export type Reader<Value> = (value: unknown, name: string) => Value;
export type Read<Shape> = {
  readonly [Name in keyof Shape]: Shape[Name] extends Reader<infer Value> ? Value : never;
};

/** Unlike the real server, which ignores them, names that are not in the shape are refused: they are misspellings. */
export function readParameters<Shape extends Readonly<Record<string, Reader<unknown>>>>(
  raw: RawParameters,
  shape: Shape,
): Read<Shape> {
  for (const name of raw.values.keys()) {
    if (!Object.hasOwn(shape, name)) throw badRequest(`parameter "${name}" is not known to this method`);
  }
  const read = Object.entries(shape).map(([name, reader]) => [name, reader(raw.values.get(name), name)]);
  return Object.fromEntries(read) as Read<Shape>;
}

export const optional =
  <Value>(reader: Reader<Value>): Reader<Value | undefined> =>
  (value, name) =>
    value === undefined ? undefined : reader(value, name);

export const text: Reader<string> = (value, name) => {
  if (typeof value !== "string") throw badRequest(`parameter "${name}" must be a string`);
  return value;
};

export const flag: Reader<boolean> = (value, name) => {
  if (value === true || value === "true" || value === "True" || value === "1") return true;
  if (value === false || value === "false" || value === "False" || value === "0") return false;
  throw badRequest(`parameter "${name}" must be a boolean`);
};

export const integer: Reader<number> = (value, name) => {
  const number = typeof value === "string" && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
  if (typeof number !== "number" || !Number.isSafeInteger(number)) {
    throw badRequest(`parameter "${name}" must be an integer`);
  }
  return number;
};

/** A number, or `@username` of a public supergroup or channel. */
export const chatId: Reader<number | string> = (value, name) => {
  if (value === undefined || value === "") throw badRequest("chat_id is empty");
  if (typeof value === "string" && /^@\w{1,64}$/.test(value)) return value;
  if (typeof value === "string" && !/^-?\d{1,16}$/.test(value)) throw badRequest("chat not found");
  return integer(value, name);
};

/** A JSON value: itself in a JSON body, its text in the other encodings. */
export const json =
  <Value>(reader: Reader<Value>): Reader<Value> =>
  (value, name) => {
    if (typeof value !== "string") return reader(value, name);
    let parsed: unknown;
    try {
      parsed = JSON.parse(value);
    } catch {
      throw badRequest(`can't parse ${name} JSON object`);
    }
    return reader(parsed, name);
  };

export const list =
  <Value>(reader: Reader<Value>): Reader<readonly Value[]> =>
  (value, name) => {
    if (!Array.isArray(value)) throw badRequest(`parameter "${name}" must be an array`);
    return value.map((item: unknown) => reader(item, name));
  };

/** A JSON object with these members and no others. */
export const object =
  <Shape extends Readonly<Record<string, Reader<unknown>>>>(shape: Shape): Reader<Read<Shape>> =>
  (value, name) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw badRequest(`parameter "${name}" must be an object`);
    }
    const members = new Map<string, unknown>(Object.entries(value));
    return readParameters({ values: members, uploads: new Map() }, shape);
  };

/** Accepted and without effect here: the shape of its JSON is left to the real server. */
export const ignored: Reader<undefined> = () => undefined;
