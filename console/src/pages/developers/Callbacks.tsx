// Callback settings of the account: addresses by kind, forms, the signing key, and whether callbacks arrive.
import { Button, Modal, Select, Switch, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import { call, queries, query } from '../../api.ts';
import { useForm } from '../../parts/forms.tsx';
import { Alert, Confirm, ErrorBox, Loading, Section } from '../../parts/Page.tsx';
import { Chip } from '../../parts/StatusChip.tsx';
import { CodeBlock } from '../../parts/values.tsx';
import { useAccount } from '../../session.tsx';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { CallbackTest } from './CallbackTest.tsx';

type Data = Answer<'callbacks.read'>;

export function Callbacks() {
  const { account, base, canWrite } = useAccount();
  const { developers: w } = useWords();
  const { data, error, refetch } = useQuery({
    ...query('callbacks.read', { account }),
    refetchInterval: 10_000,
  });
  if (data === undefined)
    return error ? <ErrorBox error={error} onRetry={() => void refetch()} /> : <Loading />;
  return (
    <>
      <Health data={data} base={base} />
      <Section title={w.callbacks} aside={<Link to={`${base}/developers/deliveries`}>{w.showLog}</Link>}>
        <p className="soft">{w.callbacksLead}</p>
        <SettingsForm data={data} account={account} canWrite={canWrite} />
      </Section>
      {canWrite && (data.receiptUrl ?? data.replyUrl ?? data.optOutUrl) !== null ? (
        <CallbackTest account={account} />
      ) : null}
      <Signing data={data} account={account} canWrite={canWrite} />
    </>
  );
}

function Health({ data, base }: { readonly data: Data; readonly base: string }) {
  const { developers: w } = useWords();
  if (data.failing > 0)
    return (
      <Alert tone="bad" title={w.failingTitle(data.failing)}>
        <p className="soft">
          {w.failingText(
            data.failingSince === null ? '–' : format.dateTime(data.failingSince),
            data.pending,
            data.nextAttemptAt === null ? '–' : format.relative(data.nextAttemptAt),
          )}{' '}
          <Link to={`${base}/developers/deliveries`} search={{ result: 'failed' } as never}>
            {w.showLog}
          </Link>
        </p>
      </Alert>
    );
  const hasAddress = data.receiptUrl ?? data.replyUrl ?? data.optOutUrl ?? data.replyEmail;
  if (!hasAddress) return <Alert tone="half" title={w.off} />;
  return (
    <div className="row">
      <Chip tone="good">{w.healthy}</Chip>
      {data.pending > 0 ? <span className="soft">{w.owed(data.pending)}</span> : null}
    </div>
  );
}

function SettingsForm({
  data,
  account,
  canWrite,
}: {
  readonly data: Data;
  readonly account: string;
  readonly canWrite: boolean;
}) {
  const { developers: w, common } = useWords();
  const form = useForm(async (text, values) => {
    const addressOf = (name: string) => (text(name) === '' ? null : text(name));
    await call('callbacks.update', {
      account,
      body: {
        receiptUrl: addressOf('receiptUrl'),
        replyUrl: addressOf('replyUrl'),
        optOutUrl: addressOf('optOutUrl'),
        replyEmail: addressOf('replyEmail'),
        formNumberFormat: text('formNumberFormat') as Data['formNumberFormat'],
        restPayloadIsJson: values.has('restPayloadIsJson'),
      },
    });
    await queries.invalidateQueries({ queryKey: ['callbacks.read'] });
    notifications.show({ message: common.saved });
  });
  const field = (name: 'receiptUrl' | 'replyUrl' | 'optOutUrl', hint: string) => (
    <TextInput
      name={name}
      type="url"
      label={w[name]}
      description={hint}
      placeholder="https://"
      defaultValue={data[name] ?? ''}
      disabled={!canWrite}
      error={form.fault(name)}
    />
  );
  return (
    <form className="stack" style={{ maxWidth: 560 }} onSubmit={form.onSubmit}>
      {field('receiptUrl', w.receiptHint)}
      {field('replyUrl', w.replyHint)}
      {field('optOutUrl', w.optOutHint)}
      <TextInput
        name="replyEmail"
        type="email"
        label={w.replyEmail}
        defaultValue={data.replyEmail ?? ''}
        disabled={!canWrite}
        error={form.fault('replyEmail')}
      />
      <Select
        name="formNumberFormat"
        label={w.formNumberFormat}
        data={Object.entries(w.formats).map(([value, label]) => ({ value, label }))}
        defaultValue={data.formNumberFormat}
        allowDeselect={false}
        disabled={!canWrite}
      />
      <Switch
        name="restPayloadIsJson"
        label={w.restPayloadIsJson}
        defaultChecked={data.restPayloadIsJson}
        disabled={!canWrite}
      />
      {form.error === null ? null : <ErrorBox error={form.error} />}
      {canWrite ? (
        <div>
          <Button type="submit" loading={form.isBusy}>
            {common.save}
          </Button>
        </div>
      ) : null}
    </form>
  );
}

function Signing({
  data,
  account,
  canWrite,
}: {
  readonly data: Data;
  readonly account: string;
  readonly canWrite: boolean;
}) {
  const { developers: w, common } = useWords();
  const [isAsking, setAsking] = useState(false);
  const [key, setKey] = useState<string | null>(null);
  return (
    <Section title={w.signingKey}>
      <p className="soft">{data.hasSigningKey ? w.signingOn : w.signingOff}</p>
      {canWrite ? (
        <div>
          <Button variant="default" onClick={() => setAsking(true)}>
            {w.newSigningKey}
          </Button>
        </div>
      ) : null}
      <Confirm
        opened={isAsking}
        onClose={() => setAsking(false)}
        title={w.newSigningKey}
        action={w.newSigningKey}
        onConfirm={async () => {
          const { signingKey } = await call('callbacks.renewSigningKey', { account });
          setKey(signingKey);
          await queries.invalidateQueries({ queryKey: ['callbacks.read'] });
        }}
      >
        <p>{w.newSigningText}</p>
      </Confirm>
      <Modal
        opened={key !== null}
        onClose={() => setKey(null)}
        title={w.shownOnce}
        size="lg"
        closeButtonProps={{ 'aria-label': common.close }}
      >
        <div className="stack">
          <CodeBlock code={key ?? ''} name={w.signingKey} wrap />
          <Button onClick={() => setKey(null)}>{common.done}</Button>
        </div>
      </Modal>
    </Section>
  );
}
