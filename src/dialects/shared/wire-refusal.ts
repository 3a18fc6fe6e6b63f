// The common type of wire refusals: requests that one wire format refuses before a service is called, such as a missing
// header or a bad signature. Each family has its own subclass, with the code of its vendor. Never leaves its family.

export abstract class WireRefusal extends Error {
  override get name(): string {
    return this.constructor.name;
  }
}
