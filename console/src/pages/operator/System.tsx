// The installation as it runs: processes with their leases and roles, the database, the queues, and the settings as they were read.
import { Switch } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import { query } from '../../api.ts';
import { DataTable } from '../../parts/DataTable.tsx';
import { FilterBar } from '../../parts/FilterBar.tsx';
import { useFilters } from '../../parts/lists.ts';
import { Alert, Empty, ErrorBox, Loading, Page, Section } from '../../parts/Page.tsx';
import { Chip } from '../../parts/StatusChip.tsx';
import { Figure, Time } from '../../parts/values.tsx';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import css from './operator.module.css';
import { TableSizes } from './TableSizes.tsx';
import { SystemTabs } from './tabs.tsx';

type Data = Answer<'operator.system.read'>;

const refreshMs = 10_000;
/** Below it the two clocks are the same: a query takes as long. */
const sameClockMs = 1_000;
const allRoles = ['listeners', 'dispatch', 'callbacks', 'jobs', 'maintenance'] as const;
const mostTables = 12;

export function System() {
  const { operator } = useWords();
  const { system: w } = operator;
  const { data, error, refetch } = useQuery({
    ...query('operator.system.read'),
    refetchInterval: refreshMs,
    placeholderData: keepPreviousData,
  });
  return (
    <Page title={w.title} state={data ? w.state(data.version, data.database.version) : null}>
      <SystemTabs />
      {error ? <ErrorBox error={error} onRetry={() => void refetch()} /> : null}
      {data === undefined && !error ? <Loading rows={8} /> : null}
      {data === undefined ? null : (
        <>
          <Figures data={data} />
          <Processes rows={data.processes} />
          <Section title={w.tables}>
            <TableSizes rows={data.database.tables.slice(0, mostTables)} />
          </Section>
          <Settings rows={data.settings} />
        </>
      )}
    </Page>
  );
}

function Figures({ data: { processes, database, queues } }: { readonly data: Data }) {
  const { operator } = useWords();
  const { system: w } = operator;
  const expired = processes.filter(({ isExpired }) => isExpired).length;
  const offset = Math.abs(database.offsetMs);
  return (
    <div className={css['figures']}>
      <Figure
        label={w.processes}
        value={format.number(processes.length - expired)}
        hint={expired > 0 ? w.expired(expired) : w.allLive}
      />
      <Figure label={w.size} value={format.bytes(database.sizeBytes)} hint={w.database} />
      <Figure
        label={w.clock}
        value={
          offset < sameClockMs ? w.clockSame : w.clockOffset(format.duration(offset), database.offsetMs > 0)
        }
        hint={w.clockHint}
      />
      <Figure
        label={w.waiting}
        value={format.number(queues.messagesDue)}
        hint={operator.overview.waitingHint(queues.messagesScheduled, queues.messagesHeld)}
      />
      <Figure label={w.callbacks} value={format.number(queues.callbacks)} to="/operator/deliveries" />
    </div>
  );
}

function Processes({ rows }: { readonly rows: Data['processes'] }) {
  const { operator } = useWords();
  const { system: w } = operator;
  const played = new Set(rows.filter(({ isExpired }) => !isExpired).flatMap(({ roles }) => roles));
  const missing = allRoles.filter((role) => !played.has(role));
  return (
    <Section title={w.processes}>
      {missing.length > 0 ? (
        <Alert tone="warn" title={w.missingRoles(missing.join(', '))}>
          <p className="soft">{w.missingText}</p>
        </Alert>
      ) : null}
      <DataTable
        label={w.processes}
        rows={rows}
        rowKey={({ process }) => process}
        empty={null}
        columns={[
          {
            key: 'host',
            name: w.host,
            cell: ({ host, pid }) => (
              <>
                {host} <span className="faint">{pid}</span>
              </>
            ),
            phone: 'first',
          },
          {
            key: 'lease',
            name: w.lease,
            cell: ({ isExpired }) => (
              <Chip tone={isExpired ? 'bad' : 'good'}>{isExpired ? w.leaseLost : w.leaseLive}</Chip>
            ),
            phone: 'aside',
          },
          {
            key: 'roles',
            name: w.roles,
            clips: true,
            cell: ({ roles }) => roles.join(', '),
            phone: 'wide',
          },
          {
            key: 'started',
            name: w.started,
            align: 'right',
            cell: ({ startedAt }) => <Time at={startedAt} />,
            phone: 'hide',
          },
        ]}
      />
    </Section>
  );
}

function Settings({ rows }: { readonly rows: Data['settings'] }) {
  const { operator } = useWords();
  const { system: w } = operator;
  const [values, change] = useFilters();
  const [isShort, setShort] = useState(true);
  const wanted = values['q']?.toLowerCase();
  const shown = rows.filter(
    ({ name, meaning, isDefault }) =>
      (wanted !== undefined && wanted !== ''
        ? `${name} ${meaning}`.toLowerCase().includes(wanted)
        : !isShort) ||
      (!isDefault && (wanted === undefined || wanted === '')),
  );
  return (
    <Section title={w.settings}>
      <p className="soft">{w.settingsLead}</p>
      <FilterBar
        filters={[]}
        values={values}
        onChange={change}
        search={{ key: 'q', placeholder: w.searchSettings }}
      >
        <Switch
          label={w.onlyChanged}
          checked={isShort}
          onChange={({ currentTarget }) => setShort(currentTarget.checked)}
        />
      </FilterBar>
      {shown.length === 0 ? <Empty title={w.noneChanged} /> : null}
      <dl className={css['settings']}>
        {shown.map(({ name, value, isDefault, meaning }) => (
          <div key={name} className={css['setting']}>
            <dt>
              <code className={css['settingName']}>{name}</code>
              <div className="soft small">{meaning}</div>
            </dt>
            <dd className={css['settingValue']}>
              {value === null ? <span className="soft">{w.secretSet}</span> : <span>{value}</span>}
              {isDefault ? <span className="faint small"> {w.isDefault}</span> : null}
            </dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}
