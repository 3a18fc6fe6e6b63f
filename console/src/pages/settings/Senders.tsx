// Senders of the account, their review, and the numbers that the operator gave it.
import { Button, Menu, Textarea, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import IconDots from '@tabler/icons-react/icons/IconDots';
import IconPlus from '@tabler/icons-react/icons/IconPlus';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import { call, queries, query } from '../../api.ts';
import { DataTable } from '../../parts/DataTable.tsx';
import { FormDialog } from '../../parts/forms.tsx';
import { Confirm, Empty, ErrorBox, Section } from '../../parts/Page.tsx';
import { Chip, type Tone } from '../../parts/StatusChip.tsx';
import { PhoneNumber, Time } from '../../parts/values.tsx';
import { useAccount } from '../../session.tsx';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';

type Data = Answer<'senders.list'>;
type Sender = Data['rows'][number];

export const reviewTones: Readonly<Record<Sender['status'], Tone>> = {
  waiting: 'waits',
  enabled: 'good',
  disabled: 'ended',
  refused: 'bad',
};

type Dialog =
  | { readonly kind: 'new'; readonly name: string }
  | { readonly kind: 'confirm' | 'remove'; readonly name: string }
  | null;

export function Senders() {
  const { account, canWrite } = useAccount();
  const { settings: w, common } = useWords();
  const { data, error, refetch } = useQuery(query('senders.list', { account }));
  const [dialog, setDialog] = useState<Dialog>(null);
  const reload = async () => {
    await queries.invalidateQueries({ queryKey: ['senders.list'] });
  };
  const change = async (sender: string, status: 'enabled' | 'disabled') => {
    await call('senders.change', { account, sender, body: { status } });
    await reload();
  };
  const add = (
    <Button
      leftSection={<IconPlus size={16} stroke={1.75} />}
      onClick={() => setDialog({ kind: 'new', name: '' })}
    >
      {w.newSender}
    </Button>
  );
  return (
    <>
      <Section title={w.senders} aside={canWrite && data?.rows.length ? add : null}>
        <p className="soft">{w.sendersLead}</p>
        {error ? <ErrorBox error={error} onRetry={() => void refetch()} /> : null}
        <DataTable
          label={w.senders}
          rows={data?.rows ?? []}
          isLoading={data === undefined && !error}
          rowKey={({ name }) => name}
          empty={
            <Empty title={w.sendersEmpty} actions={canWrite ? add : null}>
              {w.sendersEmptyText}
            </Empty>
          }
          columns={[
            { key: 'name', name: w.sender, cell: ({ name }) => <strong>{name}</strong> },
            {
              key: 'status',
              name: common.status,
              cell: ({ status, isAwaitingCode }) => (
                <Chip tone={reviewTones[status]}>{isAwaitingCode ? w.awaitingCode : w.review[status]}</Chip>
              ),
              phone: 'aside',
            },
            { key: 'type', name: w.type, cell: ({ type }) => w.types[type], phone: 'hide' },
            {
              key: 'description',
              name: w.description,
              clips: true,
              cell: ({ description, comment }) => <span className="soft">{comment ?? description}</span>,
              phone: 'wide',
            },
            {
              key: 'actions',
              name: '',
              align: 'right',
              phone: 'aside',
              cell: (sender) =>
                canWrite ? <SenderMenu sender={sender} onChange={change} onDialog={setDialog} /> : null,
            },
          ]}
        />
      </Section>
      {data && data.available.length > 0 && canWrite ? (
        <Section title={w.available}>
          <p className="soft">{w.availableText}</p>
          <div className="row">
            {data.available.map((name) => (
              <Button key={name} variant="default" onClick={() => setDialog({ kind: 'new', name })}>
                {name}
              </Button>
            ))}
          </div>
        </Section>
      ) : null}
      {data ? <Numbers numbers={data.numbers} /> : null}
      <Dialogs account={account} dialog={dialog} onClose={() => setDialog(null)} onDone={reload} />
    </>
  );
}

function SenderMenu({
  sender,
  onChange,
  onDialog,
}: {
  readonly sender: Sender;
  readonly onChange: (name: string, status: 'enabled' | 'disabled') => Promise<void>;
  readonly onDialog: (dialog: Dialog) => void;
}) {
  const { settings: w, common } = useWords();
  const { name, status, isAwaitingCode } = sender;
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <Button variant="subtle" data-size="xs" aria-label={`${common.actions}: ${name}`}>
          <IconDots size={16} stroke={1.75} />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {isAwaitingCode ? (
          <Menu.Item onClick={() => onDialog({ kind: 'confirm', name })}>{w.confirm}</Menu.Item>
        ) : null}
        {status === 'enabled' ? (
          <Menu.Item onClick={() => void onChange(name, 'disabled')}>{w.disable}</Menu.Item>
        ) : null}
        {status === 'disabled' ? (
          <Menu.Item onClick={() => void onChange(name, 'enabled')}>{w.enable}</Menu.Item>
        ) : null}
        <Menu.Item onClick={() => onDialog({ kind: 'remove', name })}>{common.remove}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function Numbers({ numbers }: { readonly numbers: Data['numbers'] }) {
  const { settings: w } = useWords();
  return (
    <Section title={w.numbers}>
      <p className="soft">{numbers.length === 0 ? w.numbersNone : w.numbersText}</p>
      {numbers.length === 0 ? null : (
        <DataTable
          label={w.numbers}
          rows={numbers}
          rowKey={({ number }) => number}
          empty={null}
          columns={[
            {
              key: 'number',
              name: w.numbers,
              cell: ({ number, kind }) =>
                kind === 'virtual' ? <PhoneNumber value={`+${number}`} /> : number,
            },
            { key: 'kind', name: w.type, cell: ({ kind }) => w.numberKind[kind], phone: 'aside' },
            {
              key: 'countries',
              name: w.countries,
              cell: ({ countries }) => countries.map(format.country).join(', '),
            },
            { key: 'since', name: w.since, cell: ({ createdAt }) => <Time at={createdAt} />, phone: 'aside' },
          ]}
        />
      )}
    </Section>
  );
}

interface DialogsProps {
  readonly account: string;
  readonly dialog: Dialog;
  readonly onClose: () => void;
  readonly onDone: () => Promise<void>;
}

function Dialogs({ account, dialog, onClose, onDone }: DialogsProps) {
  const { settings: w } = useWords();
  const name = dialog?.name ?? '';
  return (
    <>
      <FormDialog
        opened={dialog?.kind === 'new'}
        onClose={onClose}
        title={w.newSender}
        action={w.request}
        submit={async (text) => {
          const sender = text('sender');
          await call('senders.request', {
            account,
            body: { sender, description: text('description'), reason: text('reason') },
          });
          notifications.show({ message: w.requested(sender) });
          await onDone();
        }}
      >
        {(fault) => (
          <>
            <TextInput
              name="sender"
              label={w.sender}
              description={w.senderHint}
              defaultValue={name}
              required
              withAsterisk={false}
              maxLength={20}
              error={fault('sender')}
              data-autofocus
            />
            <TextInput
              name="description"
              label={w.description}
              maxLength={250}
              error={fault('description')}
            />
            <Textarea
              name="reason"
              label={w.reason}
              description={w.reasonHint}
              required
              withAsterisk={false}
              maxLength={1000}
              rows={3}
              error={fault('reason')}
            />
          </>
        )}
      </FormDialog>
      <FormDialog
        opened={dialog?.kind === 'confirm'}
        onClose={onClose}
        title={w.confirmTitle(name)}
        action={w.confirm}
        submit={async (text) => {
          await call('senders.confirm', { account, sender: name, body: { code: text('code') } });
          await onDone();
        }}
      >
        {(fault) => (
          <TextInput
            name="code"
            label={w.code}
            inputMode="numeric"
            required
            withAsterisk={false}
            error={fault('code')}
            data-autofocus
          />
        )}
      </FormDialog>
      <Confirm
        opened={dialog?.kind === 'remove'}
        onClose={onClose}
        title={w.removeTitle(name)}
        action={w.remove(name)}
        danger
        onConfirm={async () => {
          await call('senders.remove', { account, sender: name });
          await onDone();
        }}
      >
        <p>{w.removeText}</p>
      </Confirm>
    </>
  );
}
