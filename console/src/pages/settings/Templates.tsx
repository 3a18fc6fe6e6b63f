// Message templates of the account and their review.
import { Button, Select, Textarea, TextInput } from '@mantine/core';
import IconPlus from '@tabler/icons-react/icons/IconPlus';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import { call, queries, query } from '../../api.ts';
import { Counter } from '../../parts/Counter.tsx';
import { DataTable } from '../../parts/DataTable.tsx';
import { FormDialog } from '../../parts/forms.tsx';
import { Confirm, Empty, ErrorBox, Section } from '../../parts/Page.tsx';
import { Chip } from '../../parts/StatusChip.tsx';
import { Time } from '../../parts/values.tsx';
import { useAccount } from '../../session.tsx';
import { useWords } from '../../words/words.ts';
import { reviewTones } from './Senders.tsx';

type Template = Answer<'templates.list'>['rows'][number];
type Dialog =
  | { readonly kind: 'edit' | 'remove'; readonly template: Template }
  | { readonly kind: 'new' }
  | null;

export function Templates() {
  const { account, canWrite } = useAccount();
  const { settings: w, common } = useWords();
  const { data, error, refetch } = useQuery(query('templates.list', { account }));
  const [dialog, setDialog] = useState<Dialog>(null);
  const add = (
    <Button leftSection={<IconPlus size={16} stroke={1.75} />} onClick={() => setDialog({ kind: 'new' })}>
      {w.newTemplate}
    </Button>
  );
  return (
    <Section title={w.templates} aside={canWrite && data?.rows.length ? add : null}>
      <p className="soft">{w.templatesLead}</p>
      {error ? <ErrorBox error={error} onRetry={() => void refetch()} /> : null}
      <DataTable
        label={w.templates}
        rows={data?.rows ?? []}
        isLoading={data === undefined && !error}
        rowKey={({ name }) => name}
        {...(canWrite ? { onOpen: (template: Template) => setDialog({ kind: 'edit', template }) } : {})}
        empty={
          <Empty title={w.templatesEmpty} actions={canWrite ? add : null}>
            {w.templatesEmptyText}
          </Empty>
        }
        columns={[
          { key: 'name', name: w.templateName, cell: ({ name }) => <strong>{name}</strong> },
          {
            key: 'status',
            name: common.status,
            cell: ({ status }) => <Chip tone={reviewTones[status]}>{w.review[status]}</Chip>,
            phone: 'aside',
          },
          {
            key: 'activity',
            name: w.activity,
            cell: ({ activity }) => w.activities[activity],
            phone: 'hide',
          },
          {
            key: 'message',
            name: w.text,
            clips: true,
            cell: ({ message, comment }) => <span className="soft">{comment || message}</span>,
            phone: 'wide',
          },
          {
            key: 'changed',
            name: w.changed,
            align: 'right',
            cell: ({ changedAt }) => <Time at={changedAt} />,
            phone: 'hide',
          },
          {
            key: 'remove',
            name: '',
            align: 'right',
            phone: 'hide',
            cell: (template) =>
              canWrite ? (
                <Button
                  variant="subtle"
                  data-size="xs"
                  onClick={() => setDialog({ kind: 'remove', template })}
                >
                  {common.remove}
                </Button>
              ) : null,
          },
        ]}
      />
      <TemplateDialogs account={account} dialog={dialog} onClose={() => setDialog(null)} />
    </Section>
  );
}

interface TemplateDialogsProps {
  readonly account: string;
  readonly dialog: Dialog;
  readonly onClose: () => void;
}

function TemplateDialogs({ account, dialog, onClose }: TemplateDialogsProps) {
  const { settings: w } = useWords();
  const template = dialog?.kind === 'edit' || dialog?.kind === 'remove' ? dialog.template : null;
  const reload = () => queries.invalidateQueries({ queryKey: ['templates.list'] });
  const isForm = dialog?.kind === 'new' || dialog?.kind === 'edit';
  return (
    <>
      <FormDialog
        opened={isForm}
        onClose={onClose}
        title={template?.name ?? w.newTemplate}
        action={template === null ? w.create : w.saveTemplate}
        submit={async (text) => {
          const body = {
            activity: text('activity') as Template['activity'],
            message: text('message'),
            description: text('description'),
          };
          if (template === null)
            await call('templates.create', { account, body: { ...body, name: text('name') } });
          else await call('templates.change', { account, template: template.name, body });
          await reload();
        }}
      >
        {(fault) => (
          <>
            {template === null ? (
              <TextInput
                name="name"
                label={w.templateName}
                required
                withAsterisk={false}
                maxLength={64}
                error={fault('name')}
                data-autofocus
              />
            ) : null}
            <Select
              name="activity"
              label={w.activity}
              data={Object.entries(w.activities).map(([value, label]) => ({ value, label }))}
              defaultValue={template?.activity ?? 'transactional'}
              allowDeselect={false}
            />
            <CountedText
              key={template?.name ?? ''}
              text={template?.message ?? ''}
              label={w.text}
              error={fault('message')}
            />
            <TextInput
              name="description"
              label={w.description}
              defaultValue={template?.description ?? ''}
              maxLength={250}
            />
          </>
        )}
      </FormDialog>
      <Confirm
        opened={dialog?.kind === 'remove'}
        onClose={onClose}
        title={w.removeTitle(template?.name ?? '')}
        action={w.remove(template?.name ?? '')}
        danger
        onConfirm={async () => {
          await call('templates.remove', { account, template: template?.name ?? '' });
          await reload();
        }}
      >
        <p>{w.removeTemplateText}</p>
      </Confirm>
    </>
  );
}

function CountedText({
  text,
  label,
  error,
}: {
  readonly text: string;
  readonly label: string;
  readonly error: string | undefined;
}) {
  const [value, setValue] = useState(text);
  return (
    <>
      <Textarea
        name="message"
        label={label}
        value={value}
        onChange={({ currentTarget }) => setValue(currentTarget.value)}
        required
        withAsterisk={false}
        maxLength={1600}
        rows={4}
        error={error}
      />
      <Counter text={value} onChange={setValue} />
    </>
  );
}
