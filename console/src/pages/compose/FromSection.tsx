// Section 1 of Compose: sender, purpose, quality and replies. Used by Composer.tsx.
import { Autocomplete, Checkbox, Select } from '@mantine/core';
import * as format from '../../words/format.ts';
import { useWords, type Words } from '../../words/words.ts';
import css from './compose.module.css';
import type { Content, Options } from './content.ts';

export interface SectionProps {
  readonly content: Content;
  readonly change: (patch: Partial<Content>) => void;
  readonly options: Options;
}

const kinds = ['own-number', 'number', 'name', 'short-code'] as const;

export function FromSection({ content, change, options }: SectionProps) {
  const { compose, states } = useWords();
  const w = compose.from;
  const known = options.senders.filter(({ status }) => status === 'enabled');
  const waiting = options.senders.filter(({ status }) => status === 'waiting');
  return (
    <>
      <Autocomplete
        label={w.sender}
        description={w.senderHint}
        placeholder={w.senderDefault(options.defaultSender)}
        maxLength={20}
        value={content.sender ?? ''}
        onChange={(value) => change({ sender: value.trim() === '' ? null : value })}
        data={kinds
          .map((kind) => ({
            group: w.groups[kind],
            items: known.filter((sender) => sender.kind === kind).map(({ name }) => name),
          }))
          .filter(({ items }) => items.length > 0)}
        className={css['short']!}
      />
      {waiting.length > 0 ? (
        <p className="small faint">
          {waiting.map(({ name }) => name).join(', ')}: {w.waiting}
        </p>
      ) : null}
      <fieldset className={css['cards']}>
        <legend className="label">{w.purpose}</legend>
        <PurposeCard
          value="marketing"
          title={w.marketing}
          text={w.marketingText}
          chosen={content.purpose}
          onChoose={(purpose) => change({ purpose })}
        />
        <PurposeCard
          value="transactional"
          title={w.transactional}
          text={[
            w.transactionalText,
            w.guard[options.purposeGuard],
            options.skipsOptOutsAlways ? w.optOutsAlways : '',
          ].join(' ')}
          chosen={content.purpose}
          onChoose={(purpose) => change({ purpose })}
        />
      </fieldset>
      <Select
        label={w.tier}
        allowDeselect={false}
        value={content.tier}
        onChange={(tier) => tier && change({ tier: tier as Content['tier'] })}
        data={options.tiers.map(({ tier, price }) => ({
          value: tier,
          label: w.tierFrom(states.tier[tier], price && format.money(price)),
        }))}
        className={css['short']!}
      />
      {options.canReply ? (
        <Checkbox
          label={w.replies}
          description={w.repliesHint}
          checked={content.withReplies}
          onChange={(event) => change({ withReplies: event.currentTarget.checked })}
        />
      ) : null}
    </>
  );
}

interface PurposeCardProps {
  readonly value: Content['purpose'];
  readonly title: string;
  readonly text: string;
  readonly chosen: Content['purpose'];
  readonly onChoose: (purpose: Content['purpose']) => void;
}

function PurposeCard({ value, title, text, chosen, onChoose }: PurposeCardProps) {
  return (
    <label className={css['card']} data-chosen={chosen === value || undefined}>
      <input
        type="radio"
        name="purpose"
        value={value}
        checked={chosen === value}
        onChange={() => onChoose(value)}
      />
      <span>
        <span className={css['cardTitle']}>{title}</span>
        <span className="soft">{text}</span>
      </span>
    </label>
  );
}

export function fromSummary(
  { sender, purpose }: Content,
  { defaultSender }: Options,
  { from }: Words['compose'],
  { purpose: purposes }: Words['states'],
): string {
  return from.summary(sender ?? defaultSender ?? from.noSender, purposes[purpose]);
}
