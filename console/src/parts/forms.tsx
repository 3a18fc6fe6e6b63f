// Forms over one call: the values by name, the busy state, and the faults of the server at their fields. Used by every form.
// Never checks a rule in the browser that the server checks: one truth.
import { Button, Modal } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { CallError } from '../api.ts';
import { useWords } from '../words/words.ts';
import css from './forms.module.css';
import { ErrorBox } from './Page.tsx';

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

interface FormDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly action: string;
  readonly submit: (text: (name: string) => string, form: FormData) => Promise<void>;
  /** The fields, given the faults of the server. */
  readonly children: (fault: FormState['fault']) => ReactNode;
}

/** A dialog with a form: closes when the call succeeded, shows its failure otherwise. */
export function FormDialog({ opened, onClose, title, action, submit, children }: FormDialogProps) {
  const { common } = useWords();
  const form = useForm(async (text, data) => {
    await submit(text, data);
    onClose();
  });
  const close = () => {
    form.reset();
    onClose();
  };
  return (
    <Modal opened={opened} onClose={close} title={title} closeButtonProps={{ 'aria-label': common.close }}>
      <form className={css['form']} onSubmit={form.onSubmit}>
        {children(form.fault)}
        {form.error === null ? null : <ErrorBox error={form.error} />}
        <div className={css['buttons']}>
          <Button variant="default" onClick={close}>
            {common.cancel}
          </Button>
          <Button type="submit" loading={form.isBusy}>
            {action}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
