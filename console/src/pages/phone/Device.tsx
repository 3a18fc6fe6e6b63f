// One open phone: its texts as bubbles, oldest first, and a box to reply as the phone. Replies of this visit are shown too; the
// inbox has all of them.
import { Button, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { call } from '../../api.ts';
import { useKeys } from '../../parts/keys.ts';
import { ErrorBox } from '../../parts/Page.tsx';
import { Bubble } from '../../parts/PhonePreview.tsx';
import { MessageStatusChip } from '../../parts/StatusChip.tsx';
import { Copy } from '../../parts/values.tsx';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import type { PhoneText } from './Phone.tsx';
import css from './phone.module.css';

interface DeviceProps {
  readonly account: string;
  readonly number: string;
  /** Newest first. */
  readonly texts: readonly PhoneText[];
}

interface SentReply {
  readonly text: string;
  readonly at: string;
}

export function Device({ account, number, texts }: DeviceProps) {
  const { phone: w } = useWords();
  const field = useRef<HTMLInputElement>(null);
  const thread = useRef<HTMLDivElement>(null);
  const [text, setText] = useState('');
  const [replies, setReplies] = useState<readonly SentReply[]>([]);
  const [error, setError] = useState<unknown>(null);
  const newest = texts[0];
  useKeys({ r: () => field.current?.focus() });
  const count = texts.length + replies.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: scrolls to the newest when one was added.
  useEffect(() => thread.current?.scrollTo({ top: thread.current.scrollHeight }), [count]);
  const reply = async (words: string, delaySeconds = 0) => {
    if (newest === undefined || words.trim() === '') return;
    setError(null);
    try {
      await call('phone.reply', { body: { account, message: newest.message, text: words, delaySeconds } });
      setReplies([
        ...replies,
        { text: words, at: new Date(format.nowMs() + delaySeconds * 1000).toISOString() },
      ]);
      setText('');
      notifications.show({ message: w.sent });
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <section className={css['device']} aria-label={format.phone(number)}>
      <div className={css['deviceHead']}>
        {format.phone(number)}
        <Copy text={number} name={number} />
      </div>
      <div className={css['thread']} ref={thread} aria-live="polite">
        <Thread account={account} texts={texts} replies={replies} />
      </div>
      {error === null ? null : <ErrorBox error={error} />}
      <form
        className={css['composer']}
        onSubmit={(event) => {
          event.preventDefault();
          void reply(text);
        }}
      >
        <TextInput
          ref={field}
          aria-label={w.replyPlaceholder}
          placeholder={w.replyPlaceholder}
          value={text}
          maxLength={1000}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
        <div className="row">
          <Button type="submit" disabled={text.trim() === ''}>
            {w.send}
          </Button>
          <Button variant="default" disabled={text.trim() === ''} onClick={() => void reply(text, 5)}>
            {w.later}
          </Button>
          <Button variant="default" onClick={() => void reply('STOP')}>
            {w.stop}
          </Button>
        </div>
      </form>
    </section>
  );
}

function Thread({
  account,
  texts,
  replies,
}: {
  readonly account: string;
  readonly texts: readonly PhoneText[];
  readonly replies: readonly SentReply[];
}) {
  const { phone: w, common, messages } = useWords();
  const entries = [
    ...texts.map((text) => ({ kind: 'text' as const, at: text.at, text })),
    ...replies.map((reply) => ({ kind: 'reply' as const, at: reply.at, reply })),
  ].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  let day = '';
  return (
    <>
      {entries.map((entry) => {
        const date = format.day(entry.at);
        const isNewDay = date !== day;
        day = date;
        return (
          <div key={entry.kind === 'text' ? entry.text.message : entry.at} className={css['entry']}>
            {isNewDay ? <div className={css['day']}>{date}</div> : null}
            {entry.kind === 'text' ? (
              <>
                <Bubble text={entry.text.text} showsCuts />
                <div className={css['entryNote']}>
                  <strong>{entry.text.from ?? messages.defaultSender}</strong>
                  <span>{format.hourMinute(entry.at)}</span>
                  {entry.text.segments > 1 ? <span>{common.segments(entry.text.segments)}</span> : null}
                  <Link
                    to={`/a/${encodeURIComponent(account)}/messages/${entry.text.message}`}
                    title={w.openMessage}
                  >
                    <MessageStatusChip status={entry.text.status} bare />
                  </Link>
                </div>
              </>
            ) : (
              <>
                <Bubble text={entry.reply.text} mine />
                <div className={css['entryNote']} data-mine>
                  {format.hourMinute(entry.at)}
                </div>
              </>
            )}
          </div>
        );
      })}
    </>
  );
}
