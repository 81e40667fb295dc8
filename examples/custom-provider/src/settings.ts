/** The config keys of Talk, beside the access rules. None has a default: an account that sets none inherits the network's. */
import { z } from "zod";

export const settings = {
  token: z.string().min(1).optional(),
  host: z.string().min(1).optional(),
  port: z.int().min(1).max(65_535).optional(),
};

export type Settings = z.output<z.ZodObject<typeof settings>>;

export const secretSettings: readonly string[] = ["token"];
