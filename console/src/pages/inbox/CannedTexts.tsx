// The canned texts of the account beside an answer: one is put into it, the written answer is kept, or they are edited. Used by
// Thread.tsx.
import { Button, Menu, Modal, Textarea, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import { call, queries, query } from '../../api.ts';
import { FormDialog } from '../../parts/forms.tsx';
import { ErrorBox } from '../../parts/Page.tsx';
import { useWords } from '../../words/words.ts';
import { actorName } from '../campaigns/CampaignLine.tsx';
import css from './inbox.module.css';

type Canned = Answer<'cannedTexts.list'>['rows'][number];

interface CannedTextsProps {
  readonly account: string;
  /** The answer so far. */
  readonly text: string;
  readonly onChoose: (text: string) => void;
}

const reload = () => queries.invalidateQueries({ queryKey: ['cannedTexts.list'] });

export function CannedTexts({ account, text, onChoose }: CannedTextsProps) {
  const { inbox: w, common } = useWords();
  const { data } = useQuery({ ...query('cannedTexts.list', { account }), staleTime: 60_000 });
  const [kept, setKept] = useState<Pick<Canned, 'name' | 'text'> | null>(null);
  const [isEditing, setEditing] = useState(false);
  const rows = data?.rows ?? [];
  return (
    <>
      <Menu position="top-end" width={300}>
        <Menu.Target>
          <Button variant="default">{w.canned}</Button>
        </Menu.Target>
        <Menu.Dropdown>
          {rows.length === 0 ? <Menu.Label>{w.cannedNone}</Menu.Label> : null}
          <div className={css['canned']}>
            {rows.map((row) => (
              <Menu.Item key={row.name} onClick={() => onChoose(row.text)}>
                <span className={css['cannedName']}>{row.name}</span>
                <span className={css['cannedText']}>{row.text}</span>
              </Menu.Item>
            ))}
          </div>
          <Menu.Divider />
          <Menu.Item disabled={text.trim() === ''} onClick={() => setKept({ name: '', text: text.trim() })}>
            {w.cannedKeep}
          </Menu.Item>
          <Menu.Item onClick={() => setEditing(true)}>{w.cannedEdit}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <FormDialog
        opened={kept !== null}
        onClose={() => setKept(null)}
        title={kept?.name || w.cannedNew}
        action={common.save}
        submit={async (field) => {
          const body = { name: field('name'), text: field('text') };
          await call('cannedTexts.save', { account, body });
          await reload();
          notifications.show({ message: w.cannedKept(body.name) });
        }}
      >
        {(fault) => (
          <>
            <TextInput
              name="name"
              label={w.cannedName}
              description={w.cannedNameHint}
              defaultValue={kept?.name ?? ''}
              required
              maxLength={60}
              error={fault('name')}
            />
            <Textarea
              name="text"
              label={w.cannedText}
              defaultValue={kept?.text ?? ''}
              required
              maxLength={2000}
              autosize
              minRows={3}
              error={fault('text')}
            />
          </>
        )}
      </FormDialog>
      <EditDialog
        account={account}
        rows={rows}
        opened={isEditing}
        onClose={() => setEditing(false)}
        onEdit={(row) => {
          setEditing(false);
          setKept(row);
        }}
      />
    </>
  );
}

interface EditDialogProps {
  readonly account: string;
  readonly rows: readonly Canned[];
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onEdit: (row: Pick<Canned, 'name' | 'text'>) => void;
}

function EditDialog({ account, rows, opened, onClose, onEdit }: EditDialogProps) {
  const { inbox: w, common } = useWords();
  const [error, setError] = useState<unknown>(null);
  const remove = async (name: string) => {
    setError(null);
    try {
      await call('cannedTexts.remove', { account, name });
      notifications.show({ message: w.cannedRemoved(name) });
    } catch (failure) {
      setError(failure);
    } finally {
      await reload();
    }
  };
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={w.canned}
      closeButtonProps={{ 'aria-label': common.close }}
    >
      {error === null ? null : <ErrorBox error={error} />}
      {rows.length === 0 ? <p className="soft">{w.cannedNone}</p> : null}
      <ul className={css['cannedList']}>
        {rows.map((row) => (
          <li key={row.name}>
            <button type="button" className={css['cannedEdit']} onClick={() => onEdit(row)}>
              <span className={css['cannedName']}>{row.name}</span>
              <span className={css['cannedText']}>{row.text}</span>
              <span className="faint small">{w.cannedBy(actorName(row.changedBy))}</span>
            </button>
            <Button
              variant="subtle"
              data-size="xs"
              aria-label={`${w.remove} ${row.name}`}
              onClick={() => void remove(row.name)}
            >
              {w.remove}
            </Button>
          </li>
        ))}
      </ul>
      <Button variant="default" onClick={() => onEdit({ name: '', text: '' })}>
        {w.cannedNew}
      </Button>
    </Modal>
  );
}
