// Keys of the account and snippets that send with them. A new key is shown once; while the page is open, the snippets carry it.
import { Button, Modal, Radio, Stack, Tabs } from '@mantine/core';
import IconPlus from '@tabler/icons-react/icons/IconPlus';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import { call, queries, query } from '../../api.ts';
import { DataTable } from '../../parts/DataTable.tsx';
import { FormDialog } from '../../parts/forms.tsx';
import { useFilters } from '../../parts/lists.ts';
import { Alert, Confirm, Empty, ErrorBox, Section } from '../../parts/Page.tsx';
import { CodeBlock, Copy, Facts, Time } from '../../parts/values.tsx';
import { useAccount, useSession } from '../../session.tsx';
import { useWords } from '../../words/words.ts';
import { type KeyDialect, snippetsFor } from './snippets.ts';

type Key = Answer<'keys.list'>['rows'][number];
type NewKey = Answer<'keys.create'>;

const dialects: readonly KeyDialect[] = ['octopush', 'ovh', 'http2sms', 'smpp'];

export function Keys() {
  const { account, canOwn } = useAccount();
  const { developers: w, common } = useWords();
  const [values, change] = useFilters();
  const { data, error, refetch } = useQuery({ ...query('keys.list', { account }), enabled: canOwn });
  const [made, setMade] = useState<NewKey | null>(null);
  const [isShown, setShown] = useState(false);
  const [revoked, setRevoked] = useState<Key | null>(null);
  const reload = () => queries.invalidateQueries({ queryKey: ['keys.list'] });
  const add = (
    <Button leftSection={<IconPlus size={16} stroke={1.75} />} onClick={() => change({ new: '1' })}>
      {w.newKey}
    </Button>
  );
  if (!canOwn) return <Alert tone="half" title={common.noRight} />;
  return (
    <>
      <Section title={w.keys} aside={data?.rows.length ? add : null}>
        <p className="soft">{w.keysLead}</p>
        {error ? <ErrorBox error={error} onRetry={() => void refetch()} /> : null}
        <DataTable
          label={w.keys}
          rows={data?.rows ?? []}
          isLoading={data === undefined && !error}
          rowKey={({ key }) => key}
          empty={
            error ? null : (
              <Empty title={w.keysEmpty} actions={add}>
                {w.keysEmptyText}
              </Empty>
            )
          }
          columns={[
            { key: 'identifier', name: w.identifier, cell: ({ identifier }) => <code>{identifier}</code> },
            { key: 'dialect', name: w.dialect, cell: ({ dialect }) => w.dialects[dialect], phone: 'aside' },
            { key: 'made', name: w.made, cell: ({ createdAt }) => <Time at={createdAt} />, phone: 'hide' },
            {
              key: 'used',
              name: w.lastUse,
              cell: ({ lastUseAt }) =>
                lastUseAt === null ? (
                  <span className="faint" title={w.neverUsed}>
                    –
                  </span>
                ) : (
                  <Time at={lastUseAt} />
                ),
            },
            {
              key: 'revoke',
              name: '',
              align: 'right',
              phone: 'aside',
              cell: (row) => (
                <Button variant="subtle" data-size="xs" onClick={() => setRevoked(row)}>
                  {w.revoke}
                </Button>
              ),
            },
          ]}
        />
      </Section>
      <Snippets account={account} made={made} />
      <NewKeyDialog
        account={account}
        opened={'new' in values}
        onClose={() => change({ new: undefined }, 'replace')}
        onMade={async (key) => {
          setMade(key);
          setShown(true);
          await reload();
        }}
      />
      <ShownOnce made={isShown ? made : null} onClose={() => setShown(false)} />
      <Confirm
        opened={revoked !== null}
        onClose={() => setRevoked(null)}
        title={w.revokeTitle(revoked?.identifier ?? '')}
        action={w.revoke}
        danger
        onConfirm={async () => {
          await call('keys.revoke', { account, key: revoked?.key ?? '' });
          await reload();
        }}
      >
        <p>{w.revokeText}</p>
      </Confirm>
    </>
  );
}

interface NewKeyDialogProps {
  readonly account: string;
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onMade: (key: NewKey) => Promise<void>;
}

function NewKeyDialog({ account, opened, onClose, onMade }: NewKeyDialogProps) {
  const { developers: w } = useWords();
  return (
    <FormDialog
      opened={opened}
      onClose={onClose}
      title={w.newKey}
      action={w.make}
      submit={async (text) => {
        const dialect = dialects.find((one) => one === text('dialect')) ?? 'octopush';
        await onMade(await call('keys.create', { account, body: { dialect } }));
      }}
    >
      {() => (
        <Radio.Group name="dialect" label={w.newKeyFor} defaultValue="octopush">
          <Stack gap={12} pt={8}>
            {dialects.map((dialect) => (
              <Radio
                key={dialect}
                value={dialect}
                label={w.dialects[dialect]}
                description={w.dialectHints[dialect]}
              />
            ))}
          </Stack>
        </Radio.Group>
      )}
    </FormDialog>
  );
}

function ShownOnce({ made, onClose }: { readonly made: NewKey | null; readonly onClose: () => void }) {
  const { developers: w, common } = useWords();
  const values = made?.values ?? [];
  const env = values
    .map(
      ({ name, value }) =>
        `${name
          .replaceAll('-', '_')
          .replace(/([a-z])([A-Z])/g, '$1_$2')
          .toUpperCase()}=${value}`,
    )
    .join('\n');
  const download = () => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([`${env}\n`], { type: 'text/plain' }));
    link.download = 'chappe.env';
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return (
    <Modal
      opened={made !== null}
      onClose={onClose}
      title={w.shownOnce}
      size="lg"
      closeButtonProps={{ 'aria-label': common.close }}
      closeOnClickOutside={false}
    >
      <div className="stack">
        <p>{w.shownOnceText}</p>
        <Facts
          rows={values.map(({ name, value }) => [
            name,
            <>
              <code>{value}</code>
              <Copy text={value} name={name} />
            </>,
          ])}
        />
        <div className="row">
          <Button variant="default" onClick={download}>
            {w.downloadEnv}
          </Button>
          <Button onClick={onClose}>{common.done}</Button>
        </div>
      </div>
    </Modal>
  );
}

function Snippets({ account, made }: { readonly account: string; readonly made: NewKey | null }) {
  const { developers: w } = useWords();
  const { installation } = useSession();
  const [dialect, setDialect] = useState<KeyDialect>('octopush');
  const [shown, setShown] = useState<string | null>(null);
  const current = made?.dialect ?? dialect;
  const isFilled = made !== null && made.dialect === dialect;
  const values = isFilled ? Object.fromEntries(made.values.map(({ name, value }) => [name, value])) : {};
  const snippets = snippetsFor(dialect, {
    baseUrl: installation.baseUrl,
    account,
    values,
    text: w.snippetText,
  });
  // A new key brings its snippets to the front.
  const [seen, setSeen] = useState(made);
  if (made !== seen) {
    setSeen(made);
    setDialect(current);
    setShown(null);
  }
  const active = snippets.find(({ title }) => title === shown) ?? snippets[0]!;
  return (
    <Section title={w.snippets}>
      <p className="soft">{isFilled ? w.snippetsFilled : w.snippetsOpen}</p>
      <Tabs value={dialect} onChange={(next) => setDialect((next as KeyDialect | null) ?? 'octopush')}>
        <Tabs.List aria-label={w.dialect}>
          {dialects.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {w.dialects[one]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={dialect} pt={12}>
          <div className="stack tight">
            <div className="row">
              {snippets.map(({ title }) => (
                <Button
                  key={title}
                  variant={title === active.title ? 'default' : 'subtle'}
                  data-size="xs"
                  aria-pressed={title === active.title}
                  onClick={() => setShown(title)}
                >
                  {title}
                </Button>
              ))}
            </div>
            <CodeBlock code={active.code} name={active.title} />
          </div>
        </Tabs.Panel>
      </Tabs>
    </Section>
  );
}
