// The page of the signed-in person: profile, display, password, second factor, sessions.
import {
  Button,
  PasswordInput,
  SegmentedControl,
  Switch,
  TextInput,
  useMantineColorScheme,
} from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQuery } from '@tanstack/react-query';
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import { call, queries, query, setCsrf } from '../../api.ts';
import { DataTable } from '../../parts/DataTable.tsx';
import { useForm } from '../../parts/forms.tsx';
import { Alert, ErrorBox, Loading, Page, Section } from '../../parts/Page.tsx';
import { Chip } from '../../parts/StatusChip.tsx';
import { Facts, Time } from '../../parts/values.tsx';
import { type Member, reloadSession, useSession } from '../../session.tsx';
import { useLanguage, useWords } from '../../words/words.ts';
import css from './me.module.css';
import { SecondFactor } from './SecondFactor.tsx';

type Data = Answer<'me.read'>;

const reload = async () => {
  await Promise.all([reloadSession(), queries.invalidateQueries({ queryKey: ['me.read'] })]);
};

export function Me() {
  const { me: w, common } = useWords();
  const { member } = useSession();
  const { data, error, refetch } = useQuery(query('me.read'));
  return (
    <Page title={w.title} state={member.email} width="narrow">
      {member.hasPassword ? null : <SetUp />}
      <Profile member={member} />
      <Display member={member} />
      {data === undefined ? (
        error ? (
          <ErrorBox error={error} onRetry={() => void refetch()} />
        ) : (
          <Loading />
        )
      ) : null}
      {member.hasPassword ? <Password /> : null}
      {member.hasPassword && data ? (
        <SecondFactor hasTotp={member.hasTotp} codesLeft={data.recoveryCodesLeft} onChange={reload} />
      ) : null}
      {data ? <Accounts accounts={data.accounts} roles={common.role} title={w.accounts} /> : null}
      <Sessions />
    </Page>
  );
}

function Accounts({
  accounts,
  roles,
  title,
}: {
  readonly accounts: Data['accounts'];
  readonly roles: Readonly<Record<string, string>>;
  readonly title: string;
}) {
  if (accounts.length === 0) return null;
  return (
    <Section title={title}>
      <Facts rows={accounts.map(({ name, role }) => [name, roles[role]])} />
    </Section>
  );
}

function SetUp() {
  const { me: w, common } = useWords();
  const form = useForm(async (text, data) => {
    const answer = await call('me.setUp', {
      body: { name: text('name'), email: text('email'), password: String(data.get('password') ?? '') },
    });
    setCsrf(answer.csrf);
    await reload();
  });
  return (
    <Alert tone="half" title={w.setUpTitle}>
      <form className={css['form']} onSubmit={form.onSubmit}>
        <p className="soft">{w.setUpLead}</p>
        <TextInput
          name="name"
          label={w.name}
          autoComplete="name"
          required
          withAsterisk={false}
          error={form.fault('name')}
        />
        <TextInput
          name="email"
          type="email"
          label={w.email}
          autoComplete="username"
          required
          withAsterisk={false}
          error={form.fault('email')}
        />
        <PasswordInput
          name="password"
          label={w.password}
          description={w.passwordHint}
          autoComplete="new-password"
          minLength={12}
          required
          withAsterisk={false}
          error={form.fault('password')}
        />
        {form.error === null ? null : <ErrorBox error={form.error} />}
        <Button type="submit" loading={form.isBusy}>
          {common.save}
        </Button>
      </form>
    </Alert>
  );
}

function Profile({ member }: { readonly member: Member }) {
  const { me: w, common } = useWords();
  const form = useForm(async (text) => {
    await call('me.update', { body: { name: text('name') } });
    await reload();
    notifications.show({ message: common.saved });
  });
  return (
    <Section title={w.profile}>
      <form className={css['form']} onSubmit={form.onSubmit}>
        <TextInput
          name="name"
          label={w.name}
          defaultValue={member.name}
          autoComplete="name"
          required
          withAsterisk={false}
          error={form.fault('name')}
        />
        {form.error === null ? null : <ErrorBox error={form.error} />}
        <Button type="submit" variant="default" loading={form.isBusy}>
          {common.save}
        </Button>
      </form>
    </Section>
  );
}

function Display({ member }: { readonly member: Member }) {
  const { me: w, common } = useWords();
  const { language, setLanguage } = useLanguage();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const change = (preferences: Partial<Member['preferences']>) => {
    void call('me.update', { body: { preferences } }).then(reload, (error: unknown) =>
      notifications.show({ message: error instanceof Error ? error.message : String(error), color: 'red' }),
    );
  };
  const { density, timeDisplay, hasKeys } = member.preferences;
  const themes = { light: 'light', dark: 'dark', auto: 'system' } as const;
  return (
    <Section title={w.display}>
      <div className={css['settings']}>
        <span>{w.language}</span>
        <SegmentedControl
          aria-label={w.language}
          value={language}
          data={[
            { value: 'en', label: w.english },
            { value: 'fr', label: w.french },
          ]}
          onChange={(next) => setLanguage(next === 'fr' ? 'fr' : 'en')}
        />
        <span>{w.theme}</span>
        <SegmentedControl
          aria-label={w.theme}
          value={colorScheme}
          data={[
            { value: 'light', label: common.theme.light },
            { value: 'dark', label: common.theme.dark },
            { value: 'auto', label: common.theme.system },
          ]}
          onChange={(next) => {
            const scheme = next as keyof typeof themes;
            setColorScheme(scheme);
            change({ theme: themes[scheme] });
          }}
        />
        <span>{w.density}</span>
        <SegmentedControl
          aria-label={w.density}
          value={density}
          data={[
            { value: 'compact', label: w.compact },
            { value: 'comfortable', label: w.comfortable },
          ]}
          onChange={(next) => change({ density: next === 'comfortable' ? 'comfortable' : 'compact' })}
        />
        <span>{w.times}</span>
        <SegmentedControl
          aria-label={w.times}
          value={timeDisplay === 'utc' ? 'utc' : 'local'}
          data={[
            { value: 'local', label: w.local },
            { value: 'utc', label: w.utc },
          ]}
          onChange={(next) => change({ timeDisplay: next === 'utc' ? 'utc' : 'local' })}
        />
        <span>{w.singleKeys}</span>
        <Switch
          checked={hasKeys}
          label={w.singleKeysHint}
          onChange={({ currentTarget }) => change({ hasKeys: currentTarget.checked })}
        />
      </div>
    </Section>
  );
}

function Password() {
  const { me: w } = useWords();
  const form = useForm(async (_, data) => {
    const answer = await call('me.changePassword', {
      body: { current: String(data.get('current') ?? ''), password: String(data.get('password') ?? '') },
    });
    setCsrf(answer.csrf);
    await queries.invalidateQueries({ queryKey: ['me.listSessions'] });
    notifications.show({ message: w.passwordChanged });
  });
  return (
    <Section title={w.password}>
      <form className={css['form']} onSubmit={form.onSubmit}>
        <PasswordInput
          name="current"
          label={w.current}
          autoComplete="current-password"
          required
          withAsterisk={false}
        />
        <PasswordInput
          name="password"
          label={w.next}
          description={w.passwordHint}
          autoComplete="new-password"
          minLength={12}
          required
          withAsterisk={false}
          error={form.fault('password')}
        />
        {form.error === null ? null : <ErrorBox error={form.error} />}
        <p className="faint small">{w.changePasswordText}</p>
        <Button type="submit" variant="default" loading={form.isBusy}>
          {w.changePassword}
        </Button>
      </form>
    </Section>
  );
}

function Sessions() {
  const { me: w } = useWords();
  const { data, error, refetch } = useQuery(query('me.listSessions'));
  const end = async (session: number) => {
    await call('me.endSession', { session });
    await refetch();
  };
  const endOthers = async () => {
    const { ended } = await call('me.endOtherSessions');
    notifications.show({ message: w.ended(ended) });
    await refetch();
  };
  const rows = data?.rows ?? [];
  return (
    <Section
      title={w.sessions}
      aside={
        rows.length > 1 ? (
          <Button variant="subtle" data-size="xs" onClick={() => void endOthers()}>
            {w.endOthers}
          </Button>
        ) : null
      }
    >
      {error ? <ErrorBox error={error} onRetry={() => void refetch()} /> : null}
      <DataTable
        label={w.sessions}
        rows={rows}
        isLoading={data === undefined && !error}
        rowKey={({ id }) => id}
        empty={null}
        columns={[
          {
            key: 'agent',
            name: w.browser,
            cell: ({ agent, isCurrent }) => (
              <span className="row">
                {agent}
                {isCurrent ? <Chip tone="good">{w.thisSession}</Chip> : null}
              </span>
            ),
          },
          { key: 'address', name: w.address, cell: ({ address }) => <code>{address}</code>, phone: 'aside' },
          { key: 'createdAt', name: w.signedInAt, cell: ({ createdAt }) => <Time at={createdAt} /> },
          {
            key: 'lastSeenAt',
            name: w.lastSeen,
            cell: ({ lastSeenAt }) => <Time at={lastSeenAt} />,
            phone: 'hide',
          },
          {
            key: 'end',
            name: '',
            align: 'right',
            phone: 'aside',
            cell: ({ id, isCurrent }) =>
              isCurrent ? null : (
                <Button variant="default" data-size="xs" onClick={() => void end(id)}>
                  {w.end}
                </Button>
              ),
          },
        ]}
      />
    </Section>
  );
}
