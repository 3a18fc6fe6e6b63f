// A fault in a composition that its member can mend: in its file, the use of its columns, or its text. Used by the service of
// compositions; the console answers it as `value-invalid` with the field. The sentence never contains a number or a text.

export type CompositionFault =
  | 'file-missing' // deleted, expired, or of another account
  | 'file-unreadable' // no text, or a quote that is not closed; the sentence has the line
  | 'file-spreadsheet' // xlsx, ods or xls
  | 'too-many-columns'
  | 'too-many-recipients'
  | 'no-number-column'
  | 'two-number-columns'
  | 'field-invalid' // a merge field with a name that cannot stand in braces, or twice
  | 'merge-field-unknown'
  | 'recipients-missing';

export class CompositionError extends Error {
  readonly fault: CompositionFault;
  /** Path in the content. */
  readonly field: string;

  constructor(fault: CompositionFault, field: string, sentence: string) {
    super(sentence);
    this.name = 'CompositionError';
    this.fault = fault;
    this.field = field;
  }
}
