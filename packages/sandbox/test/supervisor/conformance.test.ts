import { describe, test } from "vitest";
import { placeConformance } from "../../src/conformance.ts";
import { aScene, environment } from "./run.ts";

const ofPlace = { base: environment, settable: ["TZ", "NO_COLOR"] };

placeConformance(
  {
    name: "the supervisor as a place",
    async create() {
      const scene = await aScene({ environment: ofPlace });
      const { supervisor, home } = scene;
      return {
        place: {
          receipt: {
            place: "sandbox",
            container: "none",
            image: "none",
            configuration: "none",
            isolation: "standard",
            path: "supervisor",
            transport: "socket",
          },
          home,
          environment: ofPlace,
          files: supervisor.files,
          start: (request) => supervisor.start(request),
        },
        end: () => scene.end(),
      };
    },
  },
  { describe, test, skip: test.skip },
);
