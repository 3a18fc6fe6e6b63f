// One account, for the operator: credit, settings with their meaning, members, keys, the latest entries, closing.
import { Button, Menu, NativeSelect, SegmentedControl, Select, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import IconDots from '@tabler/icons-react/icons/IconDots';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import { call, queries, query } from '../../api.ts';
import { DataTable } from '../../parts/DataTable.tsx';
import { useForm } from '../../parts/forms.tsx';
import { Confirm, ErrorBox, Loading, Page, Section, useErrorText } from '../../parts/Page.tsx';
import { Copy, Figure, Money, Time } from '../../parts/values.tsx';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { AccountStatusChip } from './Accounts.tsx';
import { FormDialog } from './FormDialog.tsx';
import css from './operator.module.css';
import { Secrets } from './values.tsx';

type Data = Answer<'operator.accounts.read'>;

const reload = (account: string) =>
  Promise.all([
    queries.invalidateQueries({ queryKey: ['operator.accounts.read', { account }] }),
    queries.invalidateQueries({ queryKey: ['operator.accounts.list'] }),
  ]);

export function Account() {
  const { account } = useParams({ strict: false }) as { account: string };
  const { operatorAccounts: w, common } = useWords();
  const { data, error, refetch } = useQuery(query('operator.accounts.read', { account }));
  const navigate = useNavigate();
  const [isClosing, setClosing] = useState(false);
  if (data === undefined)
    return (
      <Page title={account}>
        {error ? <ErrorBox error={error} onRetry={() => void refetch()} /> : <Loading />}
      </Page>
    );
  const { name, email, status } = data;
  return (
    <Page
      title={name || email}
      state={
        <>
          <AccountStatusChip status={status} />
          <code>{data.account}</code>
          <Copy text={data.account} name={w.service} />
          <span>{email}</span>
        </>
      }
      actions={
        <>
          <Button
            variant="default"
            onClick={() => void navigate({ to: `/a/${encodeURIComponent(data.account)}` })}
          >
            {w.actFor}
          </Button>
          {status === 'closed' ? null : (
            <Menu position="bottom-end" shadow="md">
              <Menu.Target>
                <Button variant="default" aria-label={common.more}>
                  <IconDots size={18} stroke={1.75} />
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item onClick={() => setClosing(true)}>{w.close}</Menu.Item>
              </Menu.Dropdown>
            </Menu>
          )}
        </>
      }
    >
      {error ? <ErrorBox error={error} onRetry={() => void refetch()} /> : null}
      <div className={css['figures']}>
        <Figure label={w.available} value={format.money(data.available)} />
        <Figure label={w.held} value={format.money(data.held)} hint={w.heldHint} />
        <Figure label={w.balance} value={format.money(data.balance)} />
      </div>
      <div className={css['columns']}>
        <div className="stack">
          <Settings data={data} />
          <Entries data={data} />
        </div>
        <div className="stack">
          <Credit account={data.account} />
          <Members data={data} />
          <Keys data={data} />
        </div>
      </div>
      <Confirm
        opened={isClosing}
        onClose={() => setClosing(false)}
        title={w.closeTitle(name || email)}
        action={w.closeAction(data.keys.length)}
        danger
        onConfirm={async () => {
          await call('operator.accounts.close', { account: data.account, body: {} });
          await reload(data.account);
        }}
      >
        <p>{w.closeText}</p>
      </Confirm>
    </Page>
  );
}

function Credit({ account }: { readonly account: string }) {
  const { operatorAccounts: w } = useWords();
  const [direction, setDirection] = useState<'add' | 'take'>('add');
  const form = useForm(async (text) => {
    const body = { direction, amount: text('amount').replace(',', '.'), note: text('note') };
    const { available } = await call('operator.accounts.moveCredit', { account, body });
    await reload(account);
    notifications.show({ message: w.creditMoved(format.money(available)) });
  });
  return (
    <Section title={w.credit}>
      <form className={css['form']} onSubmit={form.onSubmit}>
        <SegmentedControl
          aria-label={w.credit}
          value={direction}
          data={[
            { value: 'add', label: w.add },
            { value: 'take', label: w.take },
          ]}
          onChange={(next) => setDirection(next === 'take' ? 'take' : 'add')}
        />
        <TextInput
          name="amount"
          label={w.amount}
          description={w.amountHint}
          inputMode="decimal"
          required
          withAsterisk={false}
          error={form.fault('amount')}
        />
        <TextInput
          name="note"
          label={w.note}
          description={direction === 'take' ? w.noteTakeHint : w.noteHint}
          maxLength={200}
          required={direction === 'take'}
          withAsterisk={false}
          error={form.fault('note')}
        />
        {form.error === null ? null : <ErrorBox error={form.error} />}
        <Button type="submit" variant="default" loading={form.isBusy}>
          {direction === 'add' ? w.addCredit : w.takeCredit}
        </Button>
      </form>
    </Section>
  );
}

function Settings({ data }: { readonly data: Data }) {
  const { operatorAccounts: w } = useWords();
  return (
    <Section title={w.settings}>
      <div className={css['settings']}>
        {data.settings.map((setting) => (
          <SettingRow key={`${setting.setting} ${setting.value}`} account={data.account} setting={setting} />
        ))}
      </div>
    </Section>
  );
}

function SettingRow({
  account,
  setting: { setting, value, choices, isSecret, sentence },
}: {
  readonly account: string;
  readonly setting: Data['settings'][number];
}) {
  const { operatorAccounts: w } = useWords();
  const textOf = useErrorText();
  const [error, setError] = useState<unknown>(null);
  const known = (w.settingNames as Readonly<Record<string, readonly [string, string]>>)[setting];
  const [name, meaning] = known ?? [setting, sentence];
  const values = w.settingValues as Readonly<Record<string, string>>;
  const id = `setting-${setting}`;
  /** The word of an empty field. */
  const nothing = setting === 'smpp-addresses' ? 'all' : 'none';
  const save = async (next: string) => {
    if (next === value) return;
    setError(null);
    try {
      await call('operator.accounts.change', { account, body: { settings: { [setting]: next } } });
      await reload(account);
      notifications.show({ message: w.settingSaved(name) });
    } catch (failure) {
      setError(failure);
    }
  };
  const detail = error === null ? null : ((error as { detail?: string }).detail ?? textOf(error));
  return (
    <div className={css['setting']}>
      <label htmlFor={id}>
        <span className={css['settingName']}>{name}</span>
        <span className="soft small" style={{ display: 'block' }}>
          {meaning}
        </span>
      </label>
      {choices.length > 0 ? (
        <NativeSelect
          id={id}
          value={value}
          error={detail}
          data={choices.map((choice) => ({ value: choice, label: values[choice] ?? choice }))}
          onChange={({ currentTarget }) => void save(currentTarget.value)}
        />
      ) : (
        <TextInput
          id={id}
          defaultValue={isSecret || value === nothing ? '' : value}
          placeholder={isSecret && value === 'set' ? '••••••••' : values[nothing]!}
          autoComplete="off"
          error={detail}
          onBlur={({ currentTarget }) => {
            const text = currentTarget.value.trim();
            if (isSecret && text === '') return;
            void save(text === '' ? nothing : text);
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter') event.currentTarget.blur();
          }}
        />
      )}
    </div>
  );
}

function Members({ data }: { readonly data: Data }) {
  const { operatorAccounts: w, common } = useWords();
  const [isInviting, setInviting] = useState(false);
  const [link, setLink] = useState<string | null>(null);
  return (
    <Section
      title={w.members}
      aside={
        <Button variant="subtle" data-size="xs" onClick={() => setInviting(true)}>
          {w.invite}
        </Button>
      }
    >
      {data.members.length === 0 ? <p className="soft">{w.noMembers}</p> : null}
      <ul className={css['list']}>
        {data.members.map(({ name, email, role, lastSeenAt }) => (
          <li key={`${email} ${name}`}>
            <span className={css['grow']}>
              <span>{name || email}</span>
              <span className="faint small">{email}</span>
            </span>
            <span className="soft small">
              {common.role[role]}
              {lastSeenAt ? (
                <>
                  {' · '}
                  <Time at={lastSeenAt} />
                </>
              ) : null}
            </span>
          </li>
        ))}
      </ul>
      {link === null ? null : (
        <div className="stack tight">
          <p className="soft">{w.inviteLink}</p>
          <Secrets rows={[[w.link, link]]} />
        </div>
      )}
      <FormDialog
        opened={isInviting}
        onClose={() => setInviting(false)}
        title={w.invite}
        action={w.makeLink}
        onSubmit={async (text) => {
          const role = text('role') as Data['members'][number]['role'];
          const body = { email: text('email'), role };
          const made = await call('operator.accounts.invite', { account: data.account, body });
          setLink(made.link);
        }}
      >
        {(form) => (
          <>
            <TextInput
              name="email"
              type="email"
              label={w.memberEmail}
              required
              withAsterisk={false}
              data-autofocus
              error={form.fault('email')}
            />
            <Select
              name="role"
              label={w.role}
              defaultValue="owner"
              allowDeselect={false}
              comboboxProps={{ withinPortal: false }}
              data={(['owner', 'editor', 'viewer'] as const).map((role) => ({
                value: role,
                label: common.role[role],
              }))}
            />
          </>
        )}
      </FormDialog>
    </Section>
  );
}

function Keys({ data }: { readonly data: Data }) {
  const { operatorAccounts: w } = useWords();
  const [revoking, setRevoking] = useState<Data['keys'][number] | null>(null);
  return (
    <Section title={w.keys}>
      {data.keys.length === 0 ? <p className="soft">{w.noKeys}</p> : null}
      <ul className={css['list']}>
        {data.keys.map((key) => (
          <li key={key.key}>
            <span className={css['grow']}>
              <span>{w.keyDialects[key.dialect]}</span>
              <code className="faint">{key.identifier}</code>
              <span className="faint small">
                {key.lastUseAt ? (
                  <>
                    {w.lastUse} <Time at={key.lastUseAt} />
                  </>
                ) : (
                  <>
                    {w.made} <Time at={key.createdAt} />
                  </>
                )}
              </span>
            </span>
            <Button variant="default" data-size="xs" onClick={() => setRevoking(key)}>
              {w.revoke}
            </Button>
          </li>
        ))}
      </ul>
      <Confirm
        opened={revoking !== null}
        onClose={() => setRevoking(null)}
        title={w.revokeTitle}
        action={w.revoke}
        danger
        onConfirm={async () => {
          if (revoking === null) return;
          await call('operator.accounts.revokeKey', { account: data.account, key: revoking.key });
          await reload(data.account);
        }}
      >
        <p>{w.revokeText(revoking?.identifier ?? '')}</p>
      </Confirm>
    </Section>
  );
}

function Entries({ data }: { readonly data: Data }) {
  const { operatorAccounts: w, common } = useWords();
  return (
    <Section title={w.entries}>
      <DataTable
        label={w.entries}
        rows={data.entries}
        rowKey={({ entry }) => entry}
        empty={<p className="soft">{common.empty.nothing}</p>}
        columns={[
          { key: 'kind', name: w.kind, cell: ({ kind }) => w.kinds[kind] },
          {
            key: 'amount',
            name: common.amount,
            align: 'right',
            phone: 'aside',
            cell: ({ kind, amount }) => <Money value={kind === 'charge' ? negated(amount) : amount} sign />,
          },
          {
            key: 'note',
            name: w.note,
            clips: true,
            cell: ({ note, campaigns, messages }) => (
              <span className="soft">
                {note ?? (campaigns > 0 ? w.campaigns(campaigns) : messages > 0 ? w.messages(messages) : '')}
              </span>
            ),
          },
          {
            key: 'at',
            name: common.time,
            align: 'right',
            phone: 'aside',
            cell: ({ at }) => (
              <span className="soft">
                <Time at={at} />
              </span>
            ),
          },
        ]}
      />
    </Section>
  );
}

const negated = (amount: string) => (amount.startsWith('-') ? amount.slice(1) : `-${amount}`);
