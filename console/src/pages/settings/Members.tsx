// Members of the account: their roles, and invitations. Owners and operators change them.
import { Button, Menu, Modal, Select, TextInput } from '@mantine/core';
import IconDots from '@tabler/icons-react/icons/IconDots';
import IconPlus from '@tabler/icons-react/icons/IconPlus';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import { call, queries, query } from '../../api.ts';
import { DataTable } from '../../parts/DataTable.tsx';
import { FormDialog } from '../../parts/forms.tsx';
import { Confirm, Empty, ErrorBox, Section } from '../../parts/Page.tsx';
import { CodeBlock, Time } from '../../parts/values.tsx';
import { useAccount } from '../../session.tsx';
import { useWords } from '../../words/words.ts';

type Member = Answer<'members.list'>['rows'][number];
type Role = Member['role'];

const roles: readonly Role[] = ['owner', 'editor', 'viewer'];

export function Members() {
  const { account, canOwn } = useAccount();
  const { settings: w } = useWords();
  const { data, error, refetch } = useQuery(query('members.list', { account }));
  const [isInviting, setInviting] = useState(false);
  const [removed, setRemoved] = useState<Member | null>(null);
  const [link, setLink] = useState<{ email: string; link: string } | null>(null);
  const reload = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: ['members.list'] }),
      queries.invalidateQueries({ queryKey: ['members.listInvitations'] }),
    ]);
  const add = (
    <Button leftSection={<IconPlus size={16} stroke={1.75} />} onClick={() => setInviting(true)}>
      {w.invite}
    </Button>
  );
  return (
    <>
      <Section title={w.members} aside={canOwn && data?.rows.length ? add : null}>
        <p className="soft">{w.membersLead}</p>
        {error ? <ErrorBox error={error} onRetry={() => void refetch()} /> : null}
        <MemberTable
          rows={data?.rows ?? []}
          isLoading={data === undefined && !error}
          canOwn={canOwn}
          empty={
            error ? null : (
              <Empty title={w.membersEmpty} actions={canOwn ? add : null}>
                {w.membersEmptyText}
              </Empty>
            )
          }
          onRole={async (member, role) => {
            await call('members.changeRole', { account, member, body: { role } });
            await reload();
          }}
          onRemove={setRemoved}
        />
      </Section>
      {canOwn ? <Invitations account={account} onChange={reload} /> : null}
      <InviteDialog
        account={account}
        opened={isInviting}
        onClose={() => setInviting(false)}
        onLink={async (made) => {
          setLink(made);
          await reload();
        }}
      />
      <LinkDialog made={link} onClose={() => setLink(null)} />
      <Confirm
        opened={removed !== null}
        onClose={() => setRemoved(null)}
        title={w.removeTitle(removed?.name ?? '')}
        action={w.remove(removed?.name ?? '')}
        danger
        onConfirm={async () => {
          await call('members.remove', { account, member: removed?.member ?? 0 });
          await reload();
        }}
      >
        <p>{w.removeMemberText}</p>
      </Confirm>
    </>
  );
}

interface MemberTableProps {
  readonly rows: readonly Member[];
  readonly isLoading: boolean;
  readonly canOwn: boolean;
  readonly empty: React.ReactNode;
  readonly onRole: (member: number, role: Role) => Promise<void>;
  readonly onRemove: (member: Member) => void;
}

function MemberTable({ rows, isLoading, canOwn, empty, onRole, onRemove }: MemberTableProps) {
  const { settings: w, common } = useWords();
  const [error, setError] = useState<unknown>(null);
  const change = (member: number, role: Role) =>
    void onRole(member, role).then(() => setError(null), setError);
  return (
    <>
      {error === null ? null : <ErrorBox error={error} />}
      <DataTable
        label={w.members}
        rows={rows}
        isLoading={isLoading}
        rowKey={({ member }) => member}
        empty={empty}
        columns={[
          { key: 'name', name: w.member, cell: ({ name }) => <strong>{name}</strong> },
          { key: 'role', name: w.role, cell: ({ role }) => common.role[role], phone: 'aside' },
          {
            key: 'email',
            name: w.email,
            clips: true,
            cell: ({ email }) => <span className="soft">{email}</span>,
          },
          {
            key: 'totp',
            name: w.secondFactor,
            cell: ({ hasTotp }) => (hasTotp ? w.on : w.off),
            phone: 'hide',
          },
          {
            key: 'seen',
            name: w.lastSeen,
            cell: ({ lastSeenAt }) => (lastSeenAt === null ? common.never : <Time at={lastSeenAt} />),
            phone: 'hide',
          },
          {
            key: 'menu',
            name: '',
            align: 'right',
            phone: 'aside',
            cell: (row) =>
              canOwn ? (
                <Menu position="bottom-end" shadow="md">
                  <Menu.Target>
                    <Button variant="subtle" data-size="xs" aria-label={`${common.actions}: ${row.name}`}>
                      <IconDots size={16} stroke={1.75} />
                    </Button>
                  </Menu.Target>
                  <Menu.Dropdown>
                    {roles
                      .filter((role) => role !== row.role)
                      .map((role) => (
                        <Menu.Item key={role} onClick={() => change(row.member, role)}>
                          {w.makeRole(common.role[role])}
                        </Menu.Item>
                      ))}
                    <Menu.Divider />
                    <Menu.Item onClick={() => onRemove(row)}>{common.remove}</Menu.Item>
                  </Menu.Dropdown>
                </Menu>
              ) : null,
          },
        ]}
      />
    </>
  );
}

function Invitations({
  account,
  onChange,
}: {
  readonly account: string;
  readonly onChange: () => Promise<unknown>;
}) {
  const { settings: w, common } = useWords();
  const { data } = useQuery(query('members.listInvitations', { account }));
  if (data === undefined || data.rows.length === 0) return null;
  return (
    <Section title={w.invitations}>
      <DataTable
        label={w.invitations}
        rows={data.rows}
        rowKey={({ invitation }) => invitation}
        empty={null}
        columns={[
          { key: 'email', name: w.email, cell: ({ email }) => email },
          { key: 'role', name: w.role, cell: ({ role }) => common.role[role], phone: 'aside' },
          { key: 'by', name: w.invitedBy, cell: ({ invitedBy }) => invitedBy, phone: 'hide' },
          { key: 'expires', name: w.expires, cell: ({ expiresAt }) => <Time at={expiresAt} /> },
          {
            key: 'withdraw',
            name: '',
            align: 'right',
            phone: 'aside',
            cell: ({ invitation }) => (
              <Button
                variant="subtle"
                data-size="xs"
                onClick={() => void call('members.revokeInvitation', { account, invitation }).then(onChange)}
              >
                {w.withdraw}
              </Button>
            ),
          },
        ]}
      />
    </Section>
  );
}

interface InviteDialogProps {
  readonly account: string;
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onLink: (made: { email: string; link: string }) => Promise<void>;
}

function InviteDialog({ account, opened, onClose, onLink }: InviteDialogProps) {
  const { settings: w, common } = useWords();
  return (
    <FormDialog
      opened={opened}
      onClose={onClose}
      title={w.invite}
      action={w.inviteAction}
      submit={async (text) => {
        const email = text('email');
        const { link } = await call('members.invite', {
          account,
          body: { email, role: text('role') as Role },
        });
        await onLink({ email, link });
      }}
    >
      {(fault) => (
        <>
          <TextInput
            name="email"
            type="email"
            label={w.email}
            required
            withAsterisk={false}
            error={fault('email')}
            data-autofocus
          />
          <Select
            name="role"
            label={w.role}
            description={w.membersLead}
            data={roles.map((role) => ({ value: role, label: common.role[role] }))}
            defaultValue="editor"
            allowDeselect={false}
          />
        </>
      )}
    </FormDialog>
  );
}

function LinkDialog({
  made,
  onClose,
}: {
  readonly made: { email: string; link: string } | null;
  readonly onClose: () => void;
}) {
  const { settings: w, common } = useWords();
  return (
    <Modal
      opened={made !== null}
      onClose={onClose}
      title={w.linkTitle}
      size="lg"
      closeButtonProps={{ 'aria-label': common.close }}
    >
      <div className="stack">
        <p>{w.linkText(made?.email ?? '')}</p>
        <CodeBlock code={made?.link ?? ''} name={w.link} wrap />
        <Button onClick={onClose}>{common.done}</Button>
      </div>
    </Modal>
  );
}
