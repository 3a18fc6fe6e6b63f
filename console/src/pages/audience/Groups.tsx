// Lists and tags of contacts. Their size is counted on demand: a count reads all contacts of the group.
import { Button, SegmentedControl, TextInput } from '@mantine/core';
import IconPlus from '@tabler/icons-react/icons/IconPlus';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { call, queries, query } from '../../api.ts';
import { DataTable } from '../../parts/DataTable.tsx';
import { FormDialog } from '../../parts/forms.tsx';
import { type RowOf, useList } from '../../parts/lists.ts';
import { Confirm, Empty, ErrorBox, Section } from '../../parts/Page.tsx';
import { Time } from '../../parts/values.tsx';
import { useAccount } from '../../session.tsx';
import { useWords } from '../../words/words.ts';

type Group = RowOf<'groups.list'>;

export function Groups() {
  const { account, base, canWrite } = useAccount();
  const { audience: w, common } = useWords();
  const navigate = useNavigate();
  const list = useList('groups.list', { account });
  const [isNew, setNew] = useState(false);
  const [removed, setRemoved] = useState<Group | null>(null);
  const [kind, setKind] = useState<Group['kind']>('list');
  const reload = () => queries.invalidateQueries({ queryKey: ['groups.list'] });
  const add = (
    <Button leftSection={<IconPlus size={16} stroke={1.75} />} onClick={() => setNew(true)}>
      {w.newGroup}
    </Button>
  );
  return (
    <Section title={w.groups} aside={canWrite && list.rows.length > 0 ? add : null}>
      {list.error ? <ErrorBox error={list.error} onRetry={list.refetch} /> : null}
      <DataTable
        label={w.groups}
        {...list}
        rowKey={(row) => `${row.kind} ${row.name}`}
        onOpen={(row) =>
          void navigate({ to: `${base}/audience/contacts`, search: { [row.kind]: row.name } as never })
        }
        empty={
          list.error ? null : (
            <Empty title={w.groupsEmpty} actions={canWrite ? add : null}>
              {w.groupsEmptyText}
            </Empty>
          )
        }
        columns={[
          { key: 'name', name: w.groupName, cell: ({ name }) => <strong>{name}</strong> },
          { key: 'kind', name: w.kind, cell: (row) => w.kinds[row.kind], phone: 'aside' },
          { key: 'size', name: w.size, cell: (row) => <Size account={account} group={row} /> },
          {
            key: 'created',
            name: w.created,
            cell: ({ createdAt }) => <Time at={createdAt} />,
            phone: 'hide',
          },
          {
            key: 'remove',
            name: '',
            align: 'right',
            phone: 'aside',
            cell: (row) =>
              canWrite ? (
                <Button variant="subtle" data-size="xs" onClick={() => setRemoved(row)}>
                  {common.remove}
                </Button>
              ) : null,
          },
        ]}
      />
      <FormDialog
        opened={isNew}
        onClose={() => setNew(false)}
        title={w.newGroup}
        action={w.create}
        submit={async (text) => {
          await call('groups.create', { account, body: { kind, name: text('name') } });
          await reload();
        }}
      >
        {(fault) => (
          <>
            <SegmentedControl
              aria-label={w.kind}
              value={kind}
              data={[
                { value: 'list', label: w.kinds.list },
                { value: 'tag', label: w.kinds.tag },
              ]}
              onChange={(next) => setKind(next === 'tag' ? 'tag' : 'list')}
            />
            <TextInput
              name="name"
              label={w.groupName}
              required
              withAsterisk={false}
              maxLength={30}
              error={fault('name')}
              data-autofocus
            />
          </>
        )}
      </FormDialog>
      <Confirm
        opened={removed !== null}
        onClose={() => setRemoved(null)}
        title={w.removeGroup(removed?.name ?? '')}
        action={w.remove}
        danger
        onConfirm={async () => {
          if (removed) await call('groups.remove', { account, kind: removed.kind, name: removed.name });
          await reload();
        }}
      >
        <p>{w.removeGroupText}</p>
      </Confirm>
    </Section>
  );
}

function Size({ account, group }: { readonly account: string; readonly group: Group }) {
  const { audience: w } = useWords();
  const [isAsked, setAsked] = useState(false);
  const { data } = useQuery({
    ...query('groups.measure', { account, kind: group.kind, name: group.name }),
    enabled: isAsked,
  });
  if (data) return <span>{w.measured(data.contacts, data.sendable)}</span>;
  return (
    <Button variant="subtle" data-size="xs" loading={isAsked} onClick={() => setAsked(true)}>
      {w.measure}
    </Button>
  );
}
