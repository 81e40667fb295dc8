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
  ReadRange,
  Receipt,
  SandboxReceipt,
  TerminalSize,
} from "./place.ts";
export type {
  ContainerInfo,
  ContainerLimits,
  ContainerSpecification,
  Engine,
  EngineInfo,
  ImageBuild,
  ImageInfo,
  Mount,
} from "./engine.ts";
