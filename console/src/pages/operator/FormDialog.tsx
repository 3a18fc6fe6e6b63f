// A dialog with a form over one call. Closes when the call succeeded; shows its refusal otherwise. Used by the operator's pages.
import { Button, Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { type FormState, useForm } from '../../parts/forms.tsx';
import { ErrorBox } from '../../parts/Page.tsx';
import { useWords } from '../../words/words.ts';
import css from './operator.module.css';

interface FormDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly action: string;
  readonly danger?: boolean;
  readonly size?: 'md' | 'lg' | 'xl';
  readonly onSubmit: (text: (name: string) => string, form: FormData) => Promise<unknown>;
  readonly children: (form: FormState) => ReactNode;
}

export function FormDialog({ opened, onClose, title, size = 'md', ...rest }: FormDialogProps) {
  const { common } = useWords();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      size={size}
      closeButtonProps={{ 'aria-label': common.close }}
    >
      {opened ? <Fields {...rest} onClose={onClose} /> : null}
    </Modal>
  );
}

function Fields({
  action,
  danger,
  onSubmit,
  onClose,
  children,
}: Pick<FormDialogProps, 'action' | 'danger' | 'onSubmit' | 'onClose' | 'children'>) {
  const { common } = useWords();
  const form = useForm(async (text, data) => {
    await onSubmit(text, data);
    onClose();
  });
  return (
    <form className={css['form']} onSubmit={form.onSubmit}>
      {children(form)}
      {form.error === null ? null : <ErrorBox error={form.error} />}
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={onClose}>
          {common.cancel}
        </Button>
        <Button type="submit" loading={form.isBusy} {...(danger ? { 'data-danger': true } : {})}>
          {action}
        </Button>
      </div>
    </form>
  );
}
