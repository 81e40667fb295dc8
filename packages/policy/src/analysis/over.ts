/** The steps of a compilation over another config, and nodes of it. */
import type { Compilation } from "../compilation.ts";
import { child, type ConfigNode } from "../config-node.ts";
import type { ConfigPath } from "../config-path.ts";

export const over = (compilation: Compilation, config: unknown): Compilation => ({
  ...compilation,
  root: { path: [], value: config },
});

export const nodeAt = ({ root }: Compilation, path: ConfigPath): ConfigNode =>
  path.reduce<ConfigNode>((node, key) => child(node, key), root);
