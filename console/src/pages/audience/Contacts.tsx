// Contacts of the account: search, add, change, remove.
import { Button, TextInput } from '@mantine/core';
import IconPlus from '@tabler/icons-react/icons/IconPlus';
import { useState } from 'react';
import { CallError, call, queries } from '../../api.ts';
import { DataTable } from '../../parts/DataTable.tsx';
import { FilterBar } from '../../parts/FilterBar.tsx';
import { FormDialog } from '../../parts/forms.tsx';
import { type RowOf, useFilters, useList } from '../../parts/lists.ts';
import { Confirm, Empty, ErrorBox, Section } from '../../parts/Page.tsx';
import { ShowNumbers } from '../../parts/ShowNumbers.tsx';
import { Chip } from '../../parts/StatusChip.tsx';
import { PhoneNumber, Time } from '../../parts/values.tsx';
import { useAccount } from '../../session.tsx';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';

type Contact = RowOf<'contacts.list'>;

const nameOf = ({ firstName, lastName }: Contact) => `${firstName} ${lastName}`.trim();
/** A number with hidden digits names nobody: it has to be shown before its contact is changed. */
const isWhole = (number: string) => !number.includes('•');
const namesIn = (text: string) =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);

export function Contacts() {
  const { account, base, canWrite } = useAccount();
  const { audience: w, common } = useWords();
  const [values, change] = useFilters();
  const [edited, setEdited] = useState<Contact | 'new' | null>(null);
  const [removed, setRemoved] = useState<Contact | null>(null);
  const chosen = Object.fromEntries(
    ['q', 'list', 'tag'].flatMap((key) => (values[key] ? [[key, values[key]]] : [])),
  );
  const list = useList('contacts.list', { account, ...chosen });
  const add = (
    <Button leftSection={<IconPlus size={16} stroke={1.75} />} onClick={() => setEdited('new')}>
      {w.newContact}
    </Button>
  );
  const isFiltered = Object.keys(chosen).length > 0;
  return (
    <Section
      title={w.contacts}
      aside={
        <span className="row">
          <ShowNumbers numbers={list.rows.map(({ number }) => number)} />
          {canWrite && (list.rows.length > 0 || isFiltered) ? add : null}
        </span>
      }
    >
      <FilterBar
        search={{ key: 'q', placeholder: w.searchContacts }}
        filters={[
          { key: 'list', name: w.list },
          { key: 'tag', name: w.tag },
        ]}
        values={values}
        onChange={change}
      />
      {list.error ? <ErrorBox error={list.error} onRetry={list.refetch} /> : null}
      <DataTable
        label={w.contacts}
        {...list}
        rowKey={({ number }) => number}
        rowLink={({ number }) => `${base}/messages?number=${encodeURIComponent(number)}`}
        {...(canWrite
          ? { onOpen: (row: Contact) => (isWhole(row.number) ? setEdited(row) : undefined) }
          : {})}
        empty={
          list.error ? null : isFiltered ? (
            <Empty title={common.empty.filtered} />
          ) : (
            <Empty title={w.contactsEmpty} actions={canWrite ? add : null}>
              {w.contactsEmptyText}
            </Empty>
          )
        }
        columns={[
          { key: 'name', name: w.name, cell: (row) => <strong>{nameOf(row) || '–'}</strong> },
          {
            key: 'number',
            name: w.number,
            cell: ({ number }) => <PhoneNumber value={number} />,
            phone: 'aside',
          },
          {
            key: 'optedOut',
            name: common.status,
            cell: ({ isOptedOut }) => (isOptedOut ? <Chip tone="warn">{w.optedOut}</Chip> : null),
            phone: 'hide',
          },
          {
            key: 'lists',
            name: w.lists,
            clips: true,
            cell: ({ lists, tags }) => (
              <span className="soft">{[...lists, ...tags.map((tag) => `#${tag}`)].join(', ')}</span>
            ),
          },
          {
            key: 'updated',
            name: w.updated,
            align: 'right',
            cell: ({ updatedAt }) => <Time at={updatedAt} />,
            phone: 'hide',
          },
          {
            key: 'remove',
            name: '',
            align: 'right',
            phone: 'aside',
            cell: (row) =>
              canWrite && isWhole(row.number) ? (
                <Button variant="subtle" data-size="xs" onClick={() => setRemoved(row)}>
                  {common.remove}
                </Button>
              ) : null,
          },
        ]}
      />
      <ContactDialog account={account} contact={edited} onClose={() => setEdited(null)} />
      <Confirm
        opened={removed !== null}
        onClose={() => setRemoved(null)}
        title={w.removeContact(removed === null ? '' : nameOf(removed) || format.phone(removed.number))}
        action={w.remove}
        danger
        onConfirm={async () => {
          await call('contacts.remove', { account, body: { numbers: [removed?.number ?? ''] } });
          await queries.invalidateQueries({ queryKey: ['contacts.list'] });
        }}
      >
        <p>{w.removeContactText}</p>
      </Confirm>
    </Section>
  );
}

function ContactDialog({
  account,
  contact,
  onClose,
}: {
  readonly account: string;
  readonly contact: Contact | 'new' | null;
  readonly onClose: () => void;
}) {
  const { audience: w } = useWords();
  const known = contact === 'new' ? null : contact;
  return (
    <FormDialog
      opened={contact !== null}
      onClose={onClose}
      title={known === null ? w.newContact : w.editContact}
      action={w.saveContact}
      submit={async (text) => {
        const { invalid } = await call('contacts.save', {
          account,
          body: {
            contacts: [
              {
                number: known?.number ?? text('number'),
                firstName: text('firstName'),
                lastName: text('lastName'),
              },
            ],
            lists: namesIn(text('lists')),
            tags: namesIn(text('tags')),
          },
        });
        if (invalid > 0)
          throw new CallError(422, {
            reason: 'value-invalid',
            detail: w.invalidNumber,
            fields: { number: w.invalidNumber },
          });
        await queries.invalidateQueries({ queryKey: ['contacts.list'] });
      }}
    >
      {(fault) => (
        <>
          <TextInput
            name="number"
            label={w.number}
            description={w.numberHint}
            type="tel"
            defaultValue={known?.number ?? ''}
            disabled={known !== null}
            required
            withAsterisk={false}
            error={fault('number') ?? fault('contacts.0.number')}
            data-autofocus
          />
          <TextInput
            name="firstName"
            label={w.firstName}
            defaultValue={known?.firstName ?? ''}
            maxLength={50}
          />
          <TextInput name="lastName" label={w.lastName} defaultValue={known?.lastName ?? ''} maxLength={50} />
          <TextInput
            name="lists"
            label={w.lists}
            description={w.listsHint}
            defaultValue={known?.lists.join(', ') ?? ''}
          />
          <TextInput
            name="tags"
            label={w.tags}
            description={w.listsHint}
            defaultValue={known?.tags.join(', ') ?? ''}
          />
        </>
      )}
    </FormDialog>
  );
}
