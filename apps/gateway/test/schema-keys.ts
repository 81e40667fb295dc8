/** The keys of a JSON Schema, down to values: `*` for any name of a map and any index of a list. */
export interface SchemaNode {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly SchemaNode[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: boolean | SchemaNode;
  readonly items?: SchemaNode;
}

export function schemaKeys(schema: object): readonly (readonly string[])[] {
  return [...schemaLeaves(schema as SchemaNode).keys()].map((key) => key.split("\n"));
}

/** With the schema of each value; keys joined by a line end. */
export function schemaLeaves(node: SchemaNode, path: readonly string[] = []): Map<string, SchemaNode> {
  const found = new Map<string, SchemaNode>();
  const below = (child: SchemaNode, more: readonly string[]) => {
    const leaves = schemaLeaves(child, [...path, ...more]);
    for (const [key, leaf] of leaves) found.set(key, leaf);
    if (leaves.size === 0 && more.length > 0) found.set([...path, ...more].join("\n"), child);
  };
  for (const one of node.anyOf ?? []) below(one, []);
  for (const [name, child] of Object.entries(node.properties ?? {}))
    if (name !== "$include") below(child, [name]);
  if (typeof node.additionalProperties === "object") below(node.additionalProperties, ["*"]);
  // A list of plain values is a value.
  if (node.items !== undefined && schemaLeaves(node.items, []).size > 0) below(node.items, ["*"]);
  return found;
}
