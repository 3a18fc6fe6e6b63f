// Section 2 of Compose: recipients that are typed, in a file, in contact lists or tags, and the check of all of them. Used by
// Composer.tsx.
import { Checkbox, Tabs, Textarea } from '@mantine/core';
import { useState } from 'react';
import * as format from '../../words/format.ts';
import { useWords, type Words } from '../../words/words.ts';
import { CheckPanel } from './CheckPanel.tsx';
import css from './compose.module.css';
import type { Check, Content } from './content.ts';
import type { Saved } from './draft.ts';
import { FileSource } from './FileSource.tsx';
import type { SectionProps } from './FromSection.tsx';
import { countTyped } from './merge.ts';

interface ToSectionProps extends SectionProps {
  readonly saved: Saved | null;
  readonly check: Check | null;
  readonly isChecking: boolean;
  readonly error: unknown;
  readonly onRetry: () => void;
}

export function ToSection(props: ToSectionProps) {
  const { content, change, options, saved, check, isChecking, error, onRetry } = props;
  const { compose } = useWords();
  const w = compose.to;
  const [tab, setTab] = useState<string | null>(
    content.file !== null ? 'file' : content.groups.length > 0 ? 'contacts' : 'typed',
  );
  const typed = countTyped(content.typed);
  return (
    <>
      <Tabs value={tab} onChange={setTab} keepMounted>
        <Tabs.List>
          <Tabs.Tab value="typed">
            {w.tabs.typed}
            {typed > 0 ? ` (${format.number(typed)})` : ''}
          </Tabs.Tab>
          <Tabs.Tab value="file">
            {w.tabs.file}
            {content.file ? ' (1)' : ''}
          </Tabs.Tab>
          <Tabs.Tab value="contacts">
            {w.tabs.contacts}
            {content.groups.length > 0 ? ` (${format.number(content.groups.length)})` : ''}
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="typed" className={css['panel']!}>
          <Textarea
            label={w.typed}
            description={w.typedHint}
            rows={6}
            maxLength={400_000}
            value={content.typed}
            onChange={(event) => change({ typed: event.currentTarget.value })}
            spellCheck={false}
            autoComplete="off"
          />
          <p className="small faint" aria-live="polite">
            {w.read(typed)}
          </p>
        </Tabs.Panel>
        <Tabs.Panel value="file" className={css['panel']!}>
          <FileSource content={content} change={change} options={options} check={check} />
        </Tabs.Panel>
        <Tabs.Panel value="contacts" className={css['panel']!}>
          <Groups content={content} change={change} options={options} />
        </Tabs.Panel>
      </Tabs>
      <p className="small faint">{w.sources}</p>
      <CheckPanel
        content={content}
        change={change}
        draft={saved?.draft ?? null}
        check={check}
        isChecking={isChecking}
        error={error}
        onRetry={onRetry}
      />
    </>
  );
}

function Groups({ content, change, options }: SectionProps) {
  const { compose } = useWords();
  const w = compose.to;
  if (options.groups.length === 0) return <p className="soft">{w.noGroups}</p>;
  const isChosen = (kind: string, name: string) =>
    content.groups.some((group) => group.kind === kind && group.name === name);
  return (
    <fieldset className={css['choices']}>
      <legend className="label">{w.groups}</legend>
      {options.groups.map((group) => (
        <Checkbox
          key={`${group.kind} ${group.name}`}
          label={`${group.name} (${w[group.kind]})`}
          checked={isChosen(group.kind, group.name)}
          onChange={(event) =>
            change({
              groups: event.currentTarget.checked
                ? [...content.groups, group]
                : content.groups.filter(({ kind, name }) => kind !== group.kind || name !== group.name),
            })
          }
        />
      ))}
    </fieldset>
  );
}

export function toSummary(
  { typed, groups, file }: Content,
  check: Check | null,
  w: Words['compose'],
): string {
  if (check) return w.recipients(check.ready);
  const names = [file?.name, ...groups.map(({ name }) => name)].filter((name) => name !== undefined);
  if (typed.trim() !== '') names.unshift(w.to.read(countTyped(typed)));
  return names.length === 0 ? w.to.summaryEmpty : names.join(', ');
}
