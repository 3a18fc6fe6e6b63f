// The accounts of the installation with their credit and their traffic of today, and the dialog that creates one.
import { Button, Modal, TextInput } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import { call, queries } from '../../api.ts';
import { DataTable } from '../../parts/DataTable.tsx';
import { FilterBar } from '../../parts/FilterBar.tsx';
import { useFilters, useList } from '../../parts/lists.ts';
import { Alert, Empty, ErrorBox, Page } from '../../parts/Page.tsx';
import { Chip, type Tone } from '../../parts/StatusChip.tsx';
import { Money, Time } from '../../parts/values.tsx';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { FormDialog } from './FormDialog.tsx';
import { beginOfToday, Secrets } from './values.tsx';

type Status = Answer<'operator.accounts.list'>['rows'][number]['status'];
type Created = Answer<'operator.accounts.create'>;

const tones: Readonly<Record<Status, Tone>> = {
  active: 'good',
  'not-validated': 'waits',
  blocked: 'bad',
  closed: 'ended',
};

export function AccountStatusChip({ status }: { readonly status: Status }) {
  const { operatorAccounts: w } = useWords();
  return <Chip tone={tones[status]}>{w.statuses[status]}</Chip>;
}

export function Accounts() {
  const { operatorAccounts: w, common } = useWords();
  const [values, change] = useFilters();
  const [isCreating, setCreating] = useState(false);
  const [created, setCreated] = useState<Created | null>(null);
  const [today] = useState(beginOfToday);
  const args = { today, ...(values['q'] && { q: values['q'] }), ...statusOf(values['status']) };
  const list = useList('operator.accounts.list', args);
  const choices = Object.entries(w.statuses).map(([value, label]) => ({ value, label }));
  return (
    <Page title={w.title} actions={<Button onClick={() => setCreating(true)}>{w.create}</Button>}>
      <FilterBar
        filters={[{ key: 'status', name: common.status, choices }]}
        values={values}
        onChange={change}
        search={{ key: 'q', placeholder: w.searchHint }}
      />
      {list.error ? <ErrorBox error={list.error} onRetry={list.refetch} /> : null}
      <DataTable
        label={w.title}
        {...list}
        rowKey={({ account }) => account}
        rowLink={({ account }) => `/operator/accounts/${encodeURIComponent(account)}`}
        columns={[
          {
            key: 'name',
            name: common.name,
            clips: true,
            cell: ({ account, name, email }) => (
              <Link
                to={`/operator/accounts/${encodeURIComponent(account)}`}
                style={{ color: 'inherit', textDecoration: 'none', fontWeight: 500 }}
              >
                {name || email}
              </Link>
            ),
          },
          {
            key: 'status',
            name: common.status,
            cell: ({ status }) => <AccountStatusChip status={status} />,
            phone: 'aside',
          },
          {
            key: 'account',
            name: w.service,
            cell: ({ account }) => <code className="soft">{account}</code>,
            phone: 'first',
          },
          {
            key: 'available',
            name: w.available,
            align: 'right',
            cell: ({ available }) => <Money value={available} />,
            phone: 'aside',
          },
          {
            key: 'held',
            name: w.held,
            align: 'right',
            cell: ({ held }) => (
              <span className="soft">
                <Money value={held} />
              </span>
            ),
            phone: 'hide',
          },
          {
            key: 'today',
            name: w.today,
            align: 'right',
            cell: ({ today: { messages } }) => format.number(messages),
            phone: 'hide',
          },
          {
            key: 'createdAt',
            name: w.createdAt,
            align: 'right',
            cell: ({ createdAt }) => (
              <span className="soft">
                <Time at={createdAt} />
              </span>
            ),
            phone: 'hide',
          },
        ]}
        empty={
          values['q'] || values['status'] ? (
            <Empty title={common.empty.filtered} />
          ) : (
            <Empty
              title={w.emptyTitle}
              actions={<Button onClick={() => setCreating(true)}>{w.create}</Button>}
            >
              {w.emptyText}
            </Empty>
          )
        }
      />
      <CreateDialog opened={isCreating} onClose={() => setCreating(false)} onCreated={setCreated} />
      <CreatedDialog created={created} onClose={() => setCreated(null)} />
    </Page>
  );
}

function statusOf(status: string | undefined): { status?: Status } {
  return status !== undefined && Object.hasOwn(tones, status) ? { status: status as Status } : {};
}

function CreateDialog({
  opened,
  onClose,
  onCreated,
}: {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onCreated: (created: Created) => void;
}) {
  const { operatorAccounts: w, common } = useWords();
  return (
    <FormDialog
      opened={opened}
      onClose={onClose}
      title={w.create}
      action={w.create}
      onSubmit={async (text) => {
        const credit = text('credit').replace(',', '.');
        const body = { email: text('email'), name: text('name'), ...(credit !== '' && { credit }) };
        onCreated(await call('operator.accounts.create', { body }));
        await queries.invalidateQueries({ queryKey: ['operator.accounts.list'] });
      }}
    >
      {(form) => (
        <>
          <TextInput
            name="name"
            label={common.name}
            required
            withAsterisk={false}
            data-autofocus
            error={form.fault('name')}
          />
          <TextInput
            name="email"
            type="email"
            label={w.email}
            description={w.emailHint}
            required
            withAsterisk={false}
            error={form.fault('email')}
          />
          <TextInput
            name="credit"
            label={w.firstCredit}
            description={w.amountHint}
            inputMode="decimal"
            error={form.fault('credit')}
          />
        </>
      )}
    </FormDialog>
  );
}

function CreatedDialog({
  created,
  onClose,
}: {
  readonly created: Created | null;
  readonly onClose: () => void;
}) {
  const { operatorAccounts: w, common } = useWords();
  const navigate = useNavigate();
  if (created === null) return null;
  const { account, octopush, ovh, http2sms, smpp } = created;
  return (
    <Modal
      opened
      onClose={onClose}
      title={w.createdTitle}
      size="lg"
      closeButtonProps={{ 'aria-label': common.close }}
    >
      <div className="stack">
        <Alert tone="warn" title={w.shownOnce} />
        <Secrets
          rows={[
            [w.service, account],
            [w.octopushLogin, octopush.userLogin],
            [w.octopushKey, octopush.apiKey],
            [w.applicationKey, ovh.applicationKey],
            [w.applicationSecret, ovh.applicationSecret],
            [w.consumerKey, ovh.consumerKey],
            [w.http2smsLogin, http2sms.login],
            [w.http2smsPassword, http2sms.password],
            [w.systemId, smpp.systemId],
            [w.smppPassword, smpp.password],
          ]}
        />
        <div className="row" style={{ justifyContent: 'flex-end' }}>
          <Button onClick={() => void navigate({ to: `/operator/accounts/${encodeURIComponent(account)}` })}>
            {w.openAccount}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
