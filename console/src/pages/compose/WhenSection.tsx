// Section 4 of Compose: the requested instant, the validity, tag and name. Used by Composer.tsx. The instants at which messages
// leave are those of the estimate: the server knows the sending hours.
import { Button, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import * as format from '../../words/format.ts';
import { useWords, type Words } from '../../words/words.ts';
import css from './compose.module.css';
import type { Content } from './content.ts';
import type { SectionProps } from './FromSection.tsx';

export function WhenSection({ content, change, options }: SectionProps) {
  const { compose } = useWords();
  const w = compose.when;
  const { sendAt } = content;
  const isPast = sendAt !== null && Date.parse(sendAt) < format.nowMs();
  const [local, setLocal] = useState(sendAt === null ? '' : localOf(sendAt));
  const choose = (at: Date | null) => {
    setLocal(at === null ? '' : localOf(at.toISOString()));
    change({ sendAt: at === null ? null : at.toISOString() });
  };
  return (
    <>
      <fieldset className={css['choices']}>
        <legend className="hidden">{w.title}</legend>
        <label className="row">
          <input type="radio" name="when" checked={sendAt === null} onChange={() => choose(null)} />
          {w.now}
        </label>
        <label className="row">
          <input
            type="radio"
            name="when"
            checked={sendAt !== null}
            onChange={() => choose(quickTimes().inOneHour)}
          />
          {w.at}
        </label>
      </fieldset>
      {sendAt === null ? null : (
        <TextInput
          type="datetime-local"
          label={w.date}
          description={w.zone(Intl.DateTimeFormat().resolvedOptions().timeZone)}
          value={local}
          onChange={(event) => {
            const { value } = event.currentTarget;
            setLocal(value);
            const at = new Date(value);
            if (!Number.isNaN(at.getTime())) change({ sendAt: at.toISOString() });
          }}
          className={css['short']!}
        />
      )}
      <fieldset className={css['chips']}>
        <legend className="hidden">{w.quick}</legend>
        {Object.entries(quickTimes()).map(([name, at]) =>
          at.getTime() < format.nowMs() ? null : (
            <Button key={name} variant="default" data-size="xs" onClick={() => choose(at)}>
              {w[name as keyof ReturnType<typeof quickTimes>]}
            </Button>
          ),
        )}
      </fieldset>
      {isPast ? <p className={css['warning']}>{w.past}</p> : null}
      <p className="small faint">{content.purpose === 'marketing' ? w.hours : w.hoursNone}</p>
      <div className={css['fields']}>
        <Select
          label={w.validity}
          description={w.validityHint}
          allowDeselect={false}
          value={String(content.validityMinutes ?? '')}
          onChange={(value) => change({ validityMinutes: value ? Number(value) : null })}
          data={[
            { value: '', label: w.validityDefault(format.duration(options.validityMinutes * 60_000)) },
            ...Object.entries(w.validities).map(([value, label]) => ({ value, label })),
          ]}
        />
        <TextInput
          label={w.tag}
          description={w.tagHint}
          maxLength={100}
          value={content.tag ?? ''}
          onChange={(event) => change({ tag: event.currentTarget.value.trim() || null })}
        />
      </div>
    </>
  );
}

/** In the zone of the browser, as the field shows it. */
function localOf(instant: string): string {
  const at = new Date(instant);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function quickTimes() {
  const now = new Date(format.nowMs());
  const at = (days: number, hour: number) =>
    new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour);
  const toMonday = (8 - now.getDay()) % 7 || 7;
  return {
    inOneHour: new Date(now.getTime() + 3_600_000),
    today18: at(0, 18),
    tomorrow9: at(1, 9),
    monday9: at(toMonday, 9),
  };
}

export function whenSummary({ sendAt, tag }: Content, { when }: Words['compose']): string {
  const time = sendAt === null ? when.now : format.dateTime(sendAt);
  return tag === null ? time : `${time} · ${when.tag}: ${tag}`;
}
