/** Fakes of what a provider is given, and a builder of what it gives, for the tests of providers and of those who read them. */
export { fakePorts, type FakePorts } from "./fake-ports.ts";
export { anEvent, type EventOverrides } from "./an-event.ts";
