// Senders of the account, their review, and the numbers that the operator gave it.
import { Button, Textarea, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import IconPlus from '@tabler/icons-react/icons/IconPlus';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import { call, queries, query } from '../../api.ts';
import { DataTable } from '../../parts/DataTable.tsx';
import { FormDialog } from '../../parts/forms.tsx';
import { Confirm, Empty, ErrorBox, Section } from '../../parts/Page.tsx';
import { Chip, type Tone } from '../../parts/StatusChip.tsx';
import { Copy, PhoneNumber } from '../../parts/values.tsx';
import { useAccount } from '../../session.tsx';
import { useWords } from '../../words/words.ts';

type Status = Answer<'senders.list'>['rows'][number]['status'];

export const reviewTones: Readonly<Record<Status, Tone>> = {
  waiting: 'waits',
  enabled: 'good',
  disabled: 'ended',
  refused: 'bad',
};

export function Senders() {
  const { account, canWrite } = useAccount();
  const { settings: w, common } = useWords();
  const { data, error, refetch } = useQuery(query('senders.list', { account }));
  const [isNew, setNew] = useState(false);
  const [removed, setRemoved] = useState<string | null>(null);
  const reload = () => queries.invalidateQueries({ queryKey: ['senders.list'] });
  const add = (
    <Button leftSection={<IconPlus size={16} stroke={1.75} />} onClick={() => setNew(true)}>
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
          rowKey={({ sender }) => sender}
          empty={
            error ? null : (
              <Empty title={w.sendersEmpty} actions={canWrite ? add : null}>
                {w.sendersEmptyText}
              </Empty>
            )
          }
          columns={[
            { key: 'sender', name: w.sender, cell: ({ sender }) => <strong>{sender}</strong> },
            {
              key: 'status',
              name: common.status,
              cell: ({ status }) => <Chip tone={reviewTones[status]}>{w.review[status]}</Chip>,
              phone: 'aside',
            },
            { key: 'type', name: w.type, cell: ({ type }) => w.types[type], phone: 'hide' },
            {
              key: 'description',
              name: w.description,
              clips: true,
              cell: ({ description, comment }) => <span className="soft">{comment ?? description}</span>,
              phone: 'first',
            },
            {
              key: 'remove',
              name: '',
              align: 'right',
              phone: 'aside',
              cell: ({ sender }) =>
                canWrite ? (
                  <Button variant="subtle" data-size="xs" onClick={() => setRemoved(sender)}>
                    {common.remove}
                  </Button>
                ) : null,
            },
          ]}
        />
      </Section>
      {data ? <Numbers numbers={data.numbers} /> : null}
      <FormDialog
        opened={isNew}
        onClose={() => setNew(false)}
        title={w.newSender}
        action={w.request}
        submit={async (text) => {
          await call('senders.request', {
            account,
            body: { sender: text('sender'), reason: text('reason') },
          });
          notifications.show({ message: w.requested(text('sender')) });
          await reload();
        }}
      >
        {(fault) => (
          <>
            <TextInput
              name="sender"
              label={w.sender}
              description={w.senderHint}
              required
              withAsterisk={false}
              minLength={3}
              maxLength={20}
              error={fault('sender')}
              data-autofocus
            />
            <Textarea
              name="reason"
              label={w.reason}
              description={w.reasonHint}
              required
              withAsterisk={false}
              maxLength={500}
              rows={3}
              error={fault('reason')}
            />
          </>
        )}
      </FormDialog>
      <Confirm
        opened={removed !== null}
        onClose={() => setRemoved(null)}
        title={w.removeTitle(removed ?? '')}
        action={w.remove(removed ?? '')}
        danger
        onConfirm={async () => {
          await call('senders.remove', { account, sender: removed ?? '' });
          await reload();
        }}
      >
        <p>{w.removeText}</p>
      </Confirm>
    </>
  );
}

function Numbers({ numbers }: { readonly numbers: Answer<'senders.list'>['numbers'] }) {
  const { settings: w } = useWords();
  return (
    <Section title={w.numbers}>
      <p className="soft">{numbers.length === 0 ? w.numbersNone : w.numbersText}</p>
      {numbers.map(({ number }) => (
        <span key={number}>
          <PhoneNumber value={number} />
          <Copy text={number} name={number} />
        </span>
      ))}
    </Section>
  );
}
