// A mistake in an operator's order: a value that is not valid, or something that does not exist. Used by the operator's
// services; the command line prints it and ends with status 2. What customers send is refused with RefusedError.

export class OperatorRefusal extends Error {
  /** Every mistake found, each a sentence that names the place and the remedy. */
  readonly mistakes: readonly string[];

  constructor(...mistakes: readonly string[]) {
    super(mistakes.join('\n'));
    this.mistakes = mistakes;
  }
}

/** A valid order that the present state does not allow, such as a second confirmation. The command ends with status 1. */
export class OperatorConflict extends Error {}
