// Forms over one call: the values by name, the busy state, and the faults of the server at their fields. Used by every form.
// Never checks a rule in the browser that the server checks: one truth.
import { useState } from 'react';
import { CallError } from '../api.ts';
import { useWords } from '../words/words.ts';

export interface FormState {
  readonly error: unknown;
  readonly isBusy: boolean;
  /** The sentence of a field's fault; undefined: none. */
  readonly fault: (field: string) => string | undefined;
  readonly onSubmit: (event: React.FormEvent<HTMLFormElement>) => void;
  readonly reset: () => void;
}

/** `submit` gets a reader of the fields: their text without spaces at the ends, or '' for none. */
export function useForm(
  submit: (text: (name: string) => string, form: FormData) => Promise<void>,
): FormState {
  const { errors } = useWords();
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const run = async (form: FormData) => {
    setBusy(true);
    setError(null);
    try {
      await submit((name) => String(form.get(name) ?? '').trim(), form);
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return {
    error,
    isBusy,
    fault: (field) => {
      const found = error instanceof CallError ? error.fields[field] : undefined;
      return found === undefined
        ? undefined
        : ((errors.faults as Readonly<Record<string, string>>)[found] ?? found);
    },
    onSubmit: (event) => {
      event.preventDefault();
      void run(new FormData(event.currentTarget));
    },
    reset: () => setError(null),
  };
}
