// A fault in a command of an operator: a value that is not valid, or an object that does not exist. Used by the operator's
// services; the command line prints it and ends with status 2. Requests of customers are refused with RefusedError.

export class OperatorRefusal extends Error {
  /** Every fault that was found, as a sentence that names the option and the remedy. */
  readonly mistakes: readonly string[];

  constructor(...mistakes: readonly string[]) {
    super(mistakes.join('\n'));
    this.mistakes = mistakes;
  }
}

/** A valid command that the present state does not allow, such as a second confirmation. The command ends with status 1. */
export class OperatorConflict extends Error {}
