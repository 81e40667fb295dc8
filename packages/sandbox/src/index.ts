/** Names only. */
export type {
  Command,
  CommandExit,
  CommandRequest,
  Expectation,
  FileContent,
  Files,
  FileStat,
  HostReceipt,
  Listing,
  OutputPiece,
  Place,
  PlaceEnvironment,
  ReadRange,
  Receipt,
  SandboxReceipt,
  TerminalSize,
} from "./place.ts";
export { checkEnvironment, environmentFault } from "./command-environment.ts";
export { fileFault, type FileFaultCode } from "./file-fault.ts";
export { placePath, type PlacePath } from "./path.ts";
export type {
  ContainerInfo,
  ContainerLimits,
  ContainerSpecification,
  ContainerStream,
  Engine,
  EngineInfo,
  ImageBuild,
  ImageInfo,
  Mount,
} from "./engine.ts";
export { buildImages, ensureImage, imageNames, type BuildSettings, type ImageName } from "./images.ts";
export { imageFiles, type ImageFiles } from "./image-files.ts";
export { imageState, type ImageState } from "./image-state.ts";
export { removeOldImages } from "./old-images.ts";
export type { SandboxNeed, WayOut } from "./sandbox-plan.ts";
export { createSandboxes, type Lease, type Sandboxes } from "./sandboxes.ts";
export { createPlanner, type PlannerPorts } from "./plan-sandbox.ts";
export { type EngineReach, reasonFor, type Transport, transportsFor } from "./transport.ts";
