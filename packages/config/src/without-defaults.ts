/**
 * A schema that fills nothing in. Used for accounts: a default there would override what the provider's level says,
 * and a stricter rule of the base would silently give way to a laxer built-in one.
 */
import { z } from "zod";

/** The same schema, where every default, at any depth of objects and maps, has become "may be left out". */
export function withoutDefaults(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return z.optional(withoutDefaults(schema.def.innerType as z.ZodType));
  }
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) {
    return rebuilt(schema, { innerType: withoutDefaults(schema.def.innerType as z.ZodType) });
  }
  if (schema instanceof z.ZodObject) {
    const shape = Object.entries(schema.def.shape).map(([key, entry]) => [
      key,
      withoutDefaults(entry as z.ZodType),
    ]);
    return rebuilt(schema, { shape: Object.fromEntries(shape) });
  }
  if (schema instanceof z.ZodRecord) {
    return rebuilt(schema, { valueType: withoutDefaults(schema.def.valueType as z.ZodType) });
  }
  return schema;
}

/** Keeps everything else of the definition, the checks (`refine`) included. */
function rebuilt(schema: z.ZodType, change: object): z.ZodType {
  return z.core.clone(schema, { ...schema.def, ...change } as typeof schema.def);
}
