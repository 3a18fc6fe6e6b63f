// Sends an example of a callback to the stored address, and shows the request and the answer.
import { Button, Select } from '@mantine/core';
import { useState } from 'react';
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import { call } from '../../api.ts';
import { ErrorBox, Section } from '../../parts/Page.tsx';
import { Chip } from '../../parts/StatusChip.tsx';
import { CodeBlock } from '../../parts/values.tsx';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';

type Test = Answer<'callbacks.test'>;
type Kind = 'receipt' | 'reply' | 'opt-out';
type Form = 'octopush-legacy' | 'octopush-rest' | 'ovh';

export function CallbackTest({ account }: { readonly account: string }) {
  const { developers: w } = useWords();
  const [kind, setKind] = useState<Kind>('receipt');
  const [dialect, setDialect] = useState<Form>('octopush-rest');
  const [isBusy, setBusy] = useState(false);
  const [test, setTest] = useState<Test | null>(null);
  const [error, setError] = useState<unknown>(null);
  const send = async () => {
    setBusy(true);
    setError(null);
    setTest(null);
    try {
      setTest(await call('callbacks.test', { account, body: { kind, dialect } }));
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  const kinds = (['receipt', 'reply', 'opt-out'] as const).map((value) => ({ value, label: w.kinds[value] }));
  const dialects = Object.entries(w.testForms).map(([value, label]) => ({ value, label }));
  return (
    <Section title={w.test}>
      <p className="soft">{w.testLead}</p>
      <div className="row" style={{ alignItems: 'flex-end' }}>
        <Select
          label={w.testKind}
          data={kinds}
          value={kind}
          allowDeselect={false}
          onChange={(value) => setKind(value as Kind)}
        />
        <Select
          label={w.testDialect}
          data={dialects}
          value={dialect}
          allowDeselect={false}
          onChange={(value) => setDialect(value as Form)}
        />
        <Button variant="default" loading={isBusy} onClick={() => void send()}>
          {w.testAction}
        </Button>
      </div>
      {error === null ? null : <ErrorBox error={error} />}
      {test === null ? null : <Result test={test} />}
    </Section>
  );
}

function Result({
  test: { request, result, httpStatus, reason, durationMs, answer },
}: {
  readonly test: Test;
}) {
  const { developers: w } = useWords();
  const sentence = result === 'failed' ? w.testResult.failed(httpStatus ?? 0) : w.testResult[result];
  return (
    <div className="stack" role="status">
      <div className="row">
        <Chip tone={result === 'delivered' ? 'good' : 'bad'}>{sentence}</Chip>
        {durationMs === null ? null : <span className="soft">{format.duration(durationMs)}</span>}
        {result === 'unreachable' && reason !== null ? <span className="soft">{reason}</span> : null}
      </div>
      <CodeBlock
        title={`${w.sent} · ${request.isSigned ? w.testSigned : w.testUnsigned}`}
        name={w.sent}
        wrap
        code={[
          `${request.method} ${request.url}`,
          ...(request.contentType === '' ? [] : [`content-type: ${request.contentType}`]),
          ...(request.body === '' ? [] : ['', request.body]),
        ].join('\n')}
      />
      {answer === null ? null : <CodeBlock title={w.answer} name={w.answer} wrap code={answer} />}
    </div>
  );
}
