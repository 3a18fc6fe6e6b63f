// Section 3 of Compose: the text with its merge fields, the counter of segments, the STOP mention, and a test to oneself. Used by
// Composer.tsx.
import { Button, Textarea, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import { call } from '../../api.ts';
import { Counter, MarkedText } from '../../parts/Counter.tsx';
import { Alert } from '../../parts/Page.tsx';
import { measureText } from '../../parts/text-measure.ts';
import { useAccount } from '../../session.tsx';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { Fault } from './CheckPanel.tsx';
import css from './compose.module.css';
import type { useDraft } from './draft.ts';
import type { SectionProps } from './FromSection.tsx';
import { fieldsOf, mergedText, unknownFields } from './merge.ts';
import type { PreviewRow } from './use-preview.ts';

interface TextSectionProps extends SectionProps {
  readonly tail: string;
  readonly samples: readonly Readonly<Record<string, string>>[];
  readonly row: PreviewRow | null;
  readonly draft: ReturnType<typeof useDraft>;
}

export function TextSection({ content, change, options, tail, samples, row, draft }: TextSectionProps) {
  const { compose } = useWords();
  const w = compose.text;
  const area = useRef<HTMLTextAreaElement>(null);
  const fields = fieldsOf(content);
  const unknown = unknownFields(content);
  const { encoding } = measureText(content.text + tail, options.charsPerSegment);
  const lengths = samples.map(
    (values) => measureText(mergedText(content.text, values) + tail, options.charsPerSegment).segments,
  );
  const insert = (field: string) => {
    const { selectionStart: from = content.text.length, selectionEnd: to = from } = area.current ?? {};
    const text = `${content.text.slice(0, from)}{${field}}${content.text.slice(to)}`;
    change({ text });
    const caret = from + field.length + 2;
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(caret, caret);
    });
  };
  return (
    <>
      {fields.length > 0 ? (
        <fieldset className={css['chips']}>
          <legend className="hidden">{w.fields}</legend>
          <span className="small faint">{w.fields}</span>
          {fields.map((field) => (
            <button key={field} type="button" className={css['chip']} onClick={() => insert(field)}>
              {`{${field}}`}
            </button>
          ))}
        </fieldset>
      ) : (
        <p className="small faint">{w.noFields}</p>
      )}
      <Textarea
        ref={area}
        label={w.label}
        rows={8}
        maxLength={5000}
        value={content.text}
        onChange={(event) => change({ text: event.currentTarget.value })}
        className={css['text']!}
      />
      {tail === '' ? null : (
        <p className={css['tail']}>
          {tail.trim()} <span className="small">{w.stop(tail.trim(), tail.length)}</span>
        </p>
      )}
      <Counter
        text={content.text}
        tail={tail}
        charsPerSegment={options.charsPerSegment}
        onChange={(text) => change({ text })}
      />
      {lengths.length > 0 ? (
        <p className="small soft">{w.range(Math.min(...lengths), Math.max(...lengths))}</p>
      ) : null}
      {encoding === 'ucs2' ? (
        <div>
          <p className="small faint">{w.marked}</p>
          <MarkedText text={content.text} />
        </div>
      ) : null}
      {unknown.length > 0 ? <Alert tone="warn" title={w.unknown(unknown)} /> : null}
      <TestSend draft={draft} values={row?.values ?? {}} isReady={content.text.trim() !== ''} />
    </>
  );
}

const testNumberKey = 'chappe-test-number';

function rememberedNumber(): string {
  try {
    return localStorage.getItem(testNumberKey) ?? '';
  } catch {
    return '';
  }
}

interface TestSendProps {
  readonly draft: ReturnType<typeof useDraft>;
  readonly values: Readonly<Record<string, string>>;
  readonly isReady: boolean;
}

function TestSend({ draft, values, isReady }: TestSendProps) {
  const { compose } = useWords();
  const w = compose.text;
  const { account, base } = useAccount();
  const [number, setNumber] = useState(rememberedNumber);
  const [sent, setSent] = useState<Answer<'compose.test'> | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const send = async () => {
    setBusy(true);
    setError(null);
    setSent(null);
    try {
      const { draft: id } = await draft.flush();
      const body = { number, values, requestKey: crypto.randomUUID() };
      setSent(await call('compose.test', { account, draft: id, body }));
      localStorage.setItem(testNumberKey, number);
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <fieldset className={css['test']}>
      <legend className="label">{w.test}</legend>
      <div className={css['testRow']}>
        <TextInput
          label={w.testNumber}
          description={w.testHint}
          type="tel"
          maxLength={40}
          value={number}
          onChange={(event) => setNumber(event.currentTarget.value)}
        />
        <Button
          variant="default"
          loading={isBusy}
          disabled={!isReady || number.trim() === ''}
          onClick={() => void send()}
        >
          {w.testSend}
        </Button>
      </div>
      {sent ? (
        <p role="status">
          {w.testSent(format.money(sent.cost))}{' '}
          {sent.message === null ? null : <Link to={`${base}/messages/${sent.message}`}>{w.testShow}</Link>}
        </p>
      ) : null}
      {error ? <Fault error={error} onRetry={() => void send()} /> : null}
    </fieldset>
  );
}
