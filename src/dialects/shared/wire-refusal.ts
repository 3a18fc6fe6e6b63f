// The common type of wire refusals: requests that one wire format refuses before a service is called, such as a missing
// header or a bad signature. Each family has its own subclass, with the code of its vendor. Never leaves its family.

export abstract class WireRefusal extends Error {
  /** The message without values of the customer: it is stored in the list of refused requests. */
  get storedMessage(): string {
    return this.message;
  }

  override get name(): string {
    return this.constructor.name;
  }
}
