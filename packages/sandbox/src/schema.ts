/** The config keys of this package: everything under `agents.defaults.sandbox` and `agents.list[].sandbox` that the policy does not own. */
import { z } from "zod";

const count = z.number().int().positive();
const size = z.union([z.string(), z.number().int().positive()]);
const ulimit = z.union([
  z.string(),
  z.number().int().nonnegative(),
  z.strictObject({
    soft: z.number().int().nonnegative().optional(),
    hard: z.number().int().nonnegative().optional(),
  }),
]);

const docker = z.strictObject({
  /**
   * Of the engine, a path or `tcp://host:port`; all agents have the same, as the three below. Absent: DOCKER_HOST of the gateway's
   * environment, else Docker's own.
   */
  socket: z.string().optional(),
  /** Directory of ca.pem, cert.pem and key.pem for an engine on the network. Absent: DOCKER_CERT_PATH. */
  certPath: z.string().optional(),
  /** The engine behind a socket of this machine is on another one. An engine on the network always is. */
  remote: z.boolean().optional(),
  /** How the gateway speaks to what runs in a container. Absent: `auto`, the first that answers. */
  transport: z.enum(["auto", "socket", "attach", "exec"]).optional(),
  image: z.string().optional(),
  containerPrefix: z.string().optional(),
  workdir: z.string().optional(),
  readOnlyRoot: z.boolean().optional(),
  tmpfs: z.array(z.string()).optional(),
  network: z.string().optional(),
  user: z.string().optional(),
  capDrop: z.array(z.string()).optional(),
  env: z.record(z.string(), z.string()).optional(),
  setupCommand: z.string().optional(),
  pidsLimit: count.optional(),
  memory: size.optional(),
  memorySwap: size.optional(),
  cpus: z.number().positive().optional(),
  ulimits: z.record(z.string(), ulimit).optional(),
  seccompProfile: z.string().optional(),
  apparmorProfile: z.string().optional(),
  dns: z.array(z.string()).optional(),
  extraHosts: z.array(z.string()).optional(),
  binds: z.array(z.string()).optional(),
  dangerouslyAllowExternalBindSources: z.boolean().optional(),
});

export const sandboxShape = {
  /** Absent: `sandboxes` in the state directory. */
  workspaceRoot: z.string().min(1).optional(),
  /** `strong`: a kernel of its own (gVisor); refused where the engine has none. */
  isolation: z.enum(["standard", "strong"]).optional(),
  docker: docker.optional(),
  prune: z
    .strictObject({
      /** 0 switches the rule off. */
      idleHours: z.number().nonnegative().optional(),
      /** 0 switches the rule off. */
      maxAgeDays: z.number().nonnegative().optional(),
    })
    .optional(),
  /** The browser's container: the agent's other settings, without network, workspace, binds and setupCommand. */
  browser: z
    .strictObject({
      /** Absent: false. The lists of tools must allow `browser` besides. */
      enabled: z.boolean().optional(),
      image: z.string().optional(),
      containerPrefix: z.string().optional(),
    })
    .optional(),
  /** Containers of each agent that are made before anybody needs them. Absent: none. */
  pool: z.number().int().min(0).max(8).optional(),
  /** Bytes that a workspace may hold, such as "10g". */
  workspaceMax: size.optional(),
};

const sandbox = z.strictObject(sandboxShape);
export type SandboxConfig = z.infer<typeof sandbox>;
