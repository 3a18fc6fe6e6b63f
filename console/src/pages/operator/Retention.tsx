// How long messages are kept, and everything that is stored about one number: shown, and erased on request with a proof.
import { Button, Textarea, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import { call, query } from '../../api.ts';
import { useForm } from '../../parts/forms.tsx';
import { Alert, Card, ErrorBox, Loading, Page, Section } from '../../parts/Page.tsx';
import { Chip } from '../../parts/StatusChip.tsx';
import { Facts, PhoneNumber, Time } from '../../parts/values.tsx';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { FormDialog } from './FormDialog.tsx';
import css from './operator.module.css';
import { TableSizes } from './TableSizes.tsx';
import { SystemTabs } from './tabs.tsx';

type Person = Answer<'operator.person.show'>;
type Proof = Person['erasures'][number];

export function Retention() {
  const { operator } = useWords();
  const { retention: w } = operator;
  const { data, error, refetch } = useQuery(query('operator.retention.read'));
  return (
    <Page title={w.title}>
      <SystemTabs />
      {error ? <ErrorBox error={error} onRetry={() => void refetch()} /> : null}
      {data === undefined && !error ? <Loading /> : null}
      {data === undefined ? null : (
        <Section title={w.rule}>
          <Facts
            rows={[
              [w.keeps, data.keepDays === null ? w.forEver : w.days(data.keepDays)],
              data.deletesBefore !== null && [
                w.deletes,
                w.deletesBefore(format.dateTime(data.deletesBefore)),
              ],
              [w.receipts, w.receiptsText(format.duration(data.receiptWindowMs))],
            ]}
          />
          <p className="soft small">{w.how(data.leastDays)}</p>
        </Section>
      )}
      <PersonSearch />
      {data === undefined ? null : (
        <Section title={w.partitions}>
          <TableSizes rows={data.tables} />
        </Section>
      )}
    </Page>
  );
}

function PersonSearch() {
  const { operator } = useWords();
  const { retention: w } = operator;
  const [person, setPerson] = useState<Person | null>(null);
  const form = useForm(async (text) => {
    setPerson(null);
    setPerson(await call('operator.person.show', { body: { number: text('number') } }));
  });
  return (
    <Section title={w.person}>
      <p className="soft" style={{ maxWidth: '68ch' }}>
        {w.personLead}
      </p>
      <form className="row" style={{ alignItems: 'flex-end' }} onSubmit={form.onSubmit}>
        <TextInput
          name="number"
          type="tel"
          label={w.number}
          description={w.numberHint}
          required
          withAsterisk={false}
          error={form.fault('number')}
        />
        <Button type="submit" variant="default" loading={form.isBusy}>
          {w.find}
        </Button>
      </form>
      {form.error === null ? null : <ErrorBox error={form.error} />}
      {person === null ? null : <Found person={person} onErased={setPerson} />}
    </Section>
  );
}

function Found({
  person,
  onErased,
}: {
  readonly person: Person;
  readonly onErased: (person: Person) => void;
}) {
  const { operator } = useWords();
  const { retention: w } = operator;
  const [isErasing, setErasing] = useState(false);
  const { number, tables, files, erasures } = person;
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const shown = format.phone(number);
  return (
    <Card>
      <div className="stack">
        {rows === 0 && files.length === 0 ? (
          <p>
            {w.nothingFound} <PhoneNumber value={number} />
          </p>
        ) : (
          <>
            <h3>{w.found(shown)}</h3>
            <Facts
              rows={tables.map(({ table, rows: count }) => [
                table,
                <span key={table} className="number">
                  {format.number(count)}
                </span>,
              ])}
            />
            {files.length > 0 ? (
              <Alert tone="warn" title={w.files}>
                <p className="soft">{w.filesText}</p>
                <ul className={css['mistakes']}>
                  {files.map(({ account, kind, name }) => (
                    <li key={`${account} ${kind} ${name}`}>
                      {account} · {name}
                    </li>
                  ))}
                </ul>
              </Alert>
            ) : null}
            <div>
              <Button variant="default" data-danger onClick={() => setErasing(true)}>
                {w.erase}
              </Button>
            </div>
          </>
        )}
        {erasures.length > 0 ? <Proofs rows={erasures} /> : null}
      </div>
      <FormDialog
        opened={isErasing}
        onClose={() => setErasing(false)}
        title={w.eraseTitle(shown)}
        action={w.eraseAction}
        danger
        onSubmit={async (text) => {
          const body = { number, reason: text('reason') };
          const { erasure } = await call('operator.person.erase', { body });
          notifications.show({ message: erasure.completedAt === null ? w.eraseOpen : w.erased });
          onErased(await call('operator.person.show', { body: { number } }));
        }}
      >
        {(form) => (
          <>
            <p>{w.eraseText(rows)}</p>
            <Textarea
              name="reason"
              label={w.reason}
              description={w.reasonHint}
              required
              withAsterisk={false}
              maxLength={500}
              rows={3}
              data-autofocus
              error={form.fault('reason')}
            />
          </>
        )}
      </FormDialog>
    </Card>
  );
}

function Proofs({ rows }: { readonly rows: readonly Proof[] }) {
  const { operator } = useWords();
  const { retention: w } = operator;
  return (
    <div className="stack">
      <h3>{w.proofs}</h3>
      <ul className={css['list']}>
        {rows.map((row) => (
          <li key={row.erasure}>
            <span className={css['grow']}>
              <strong>{w.proof(row.erasure)}</strong>
              <span>{row.reason}</span>
              <span className="faint small">
                <Time at={row.requestedAt} exact /> · {w.by(row.actor)}
              </span>
              {Object.keys(row.kept).length > 0 ? (
                <span className="soft small">{w.kept(Object.keys(row.kept).join(', '))}</span>
              ) : null}
              <span className="soft small" style={{ overflowWrap: 'anywhere' }}>
                {w.hash} <code>{row.numberHash}</code>
              </span>
            </span>
            <Chip tone={row.completedAt === null ? 'half' : 'good'}>
              {row.completedAt === null ? w.openRows : w.complete}
            </Chip>
          </li>
        ))}
      </ul>
    </div>
  );
}
