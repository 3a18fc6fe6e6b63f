// The command bar (Ctrl K): places, commands, and one search over messages, campaigns, contacts and accounts. Used by Shell.
// Arrow keys move, Enter opens. The server answers at most eight of each kind.
import { Modal, useMantineColorScheme } from '@mantine/core';
import IconSearch from '@tabler/icons-react/icons/IconSearch';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useEffect, useState } from 'react';
import type { Answer } from '../../../src/dialects/console/contract.ts';
import { query } from '../api.ts';
import { accountPlaces, commonPlaces, composePath, operatorPlaces } from '../places.ts';
import { useSession } from '../session.tsx';
import * as format from '../words/format.ts';
import { useLanguage, useWords } from '../words/words.ts';
import { messageTones, Shape } from './StatusChip.tsx';
import css from './shell.module.css';

interface Hit {
  readonly key: string;
  readonly group: string;
  readonly text: ReactNode;
  readonly hint?: ReactNode;
  readonly icon?: ReactNode;
  /** Words that are matched with the typed ones. */
  readonly match: string;
  readonly act: () => void;
}

interface CommandBarProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly account: string | undefined;
  readonly onKeys: () => void;
}

const debounceMs = 120;
const fold = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

export function CommandBar({ opened, onClose, account, onKeys }: CommandBarProps) {
  const { common } = useWords();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      withCloseButton={false}
      size="lg"
      padding="xs"
      yOffset="12vh"
      centered={false}
      title={<span className="hidden">{common.command.title}</span>}
      classNames={{ header: css['commandHead']! }}
    >
      {opened ? <CommandList onClose={onClose} account={account} onKeys={onKeys} /> : null}
    </Modal>
  );
}

function CommandList({ onClose, account, onKeys }: Omit<CommandBarProps, 'opened'>) {
  const { common } = useWords();
  const [text, setText] = useState('');
  const [typed, setTyped] = useState('');
  const [active, setActive] = useState(0);
  useEffect(() => {
    const timer = setTimeout(() => setTyped(text.trim()), debounceMs);
    return () => clearTimeout(timer);
  }, [text]);
  const { data } = useQuery({
    ...query('search', { q: typed, ...(account === undefined ? {} : { account }) }),
    enabled: typed.length > 1,
    placeholderData: keepPreviousData,
  });
  const own = useOwnHits(account, onKeys);
  const found = useFoundHits(typed.length > 1 ? data : undefined, account);
  const words = fold(text).split(/\s+/).filter(Boolean);
  const hits = [...found, ...own.filter(({ match }) => words.every((word) => fold(match).includes(word)))];
  const at = Math.min(active, Math.max(0, hits.length - 1));
  const open = (hit: Hit | undefined) => {
    if (!hit) return;
    onClose();
    hit.act();
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setActive((at + step + hits.length) % Math.max(1, hits.length));
    }
    if (event.key === 'Enter') open(hits[at]);
  };
  return (
    <>
      <div className={css['commandField']}>
        <IconSearch size={18} stroke={1.75} />
        <input
          // biome-ignore lint/a11y/noAutofocus: the person opened the dialog to type.
          autoFocus
          value={text}
          placeholder={common.command.placeholder}
          aria-label={common.command.placeholder}
          role="combobox"
          aria-expanded="true"
          aria-controls="command-hits"
          aria-activedescendant={hits[at] ? `hit-${at}` : undefined}
          onChange={({ currentTarget }) => {
            setText(currentTarget.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div className={css['groups']} role="listbox" id="command-hits" aria-label={common.command.title}>
        {hits.length === 0 ? <div className={css['group']}>{common.command.nothing}</div> : null}
        {hits.map((hit, index) => (
          <div key={hit.key} style={{ display: 'contents' }}>
            {hit.group === hits[index - 1]?.group ? null : (
              <div className={css['group']} aria-hidden="true">
                {hit.group}
              </div>
            )}
            <button
              type="button"
              role="option"
              id={`hit-${index}`}
              aria-selected={index === at}
              tabIndex={-1}
              className={css['hit']}
              ref={index === at ? (node) => node?.scrollIntoView({ block: 'nearest' }) : undefined}
              onPointerMove={() => setActive(index)}
              onClick={() => open(hit)}
            >
              {hit.icon}
              <span className={css['hitText']}>{hit.text}</span>
              {hit.hint ? <span className={css['hitHint']}>{hit.hint}</span> : null}
            </button>
          </div>
        ))}
      </div>
    </>
  );
}

function useOwnHits(account: string | undefined, onKeys: () => void): readonly Hit[] {
  const { common } = useWords();
  const { setLanguage } = useLanguage();
  const { setColorScheme } = useMantineColorScheme();
  const session = useSession();
  const navigate = useNavigate();
  const { command: w } = common;
  const go = (to: string) => () => void navigate({ to });
  const place = (name: string, to: string, key?: string): Hit => ({
    key: `place ${to}`,
    group: w.places,
    text: name,
    hint: key === undefined ? null : `g ${key}`,
    match: name,
    act: go(to),
  });
  const command = (name: string, act: () => void): Hit => ({
    key: `command ${name}`,
    group: w.commands,
    text: name,
    match: name,
    act,
  });
  const base = `/a/${encodeURIComponent(account ?? '')}`;
  return [
    ...(account === undefined
      ? []
      : [
          ...(composePath === null ? [] : [place(common.compose, base + composePath)]),
          ...accountPlaces.map(({ name, path, key }) => place(common[name], base + path, key)),
        ]),
    ...(session.member.isOperator
      ? operatorPlaces.map(({ name, path, key }) => place(common[name], path, key))
      : []),
    ...commonPlaces
      .filter(({ needsPhone }) => !needsPhone || session.installation.hasPhone)
      .map(({ name, path, key }) => place(common[name], path, key)),
    place(common.you, '/me'),
    ...session.accounts
      .filter((one) => one.account !== account)
      .map((one) => ({
        ...place(one.name, `/a/${encodeURIComponent(one.account)}`),
        group: w.accounts,
        match: `${one.name} ${one.account}`,
        hint: one.account,
      })),
    ...(account === undefined ? [] : [command(w.newKey, go(`${base}/developers/keys?new=1`))]),
    command(w.themeDark, () => setColorScheme('dark')),
    command(w.themeLight, () => setColorScheme('light')),
    command(w.french, () => setLanguage('fr')),
    command(w.english, () => setLanguage('en')),
    command(w.keysHelp, onKeys),
  ];
}

function useFoundHits(data: Answer<'search'> | undefined, account: string | undefined): readonly Hit[] {
  const { common } = useWords();
  const navigate = useNavigate();
  if (data === undefined) return [];
  const { command: w } = common;
  const base = `/a/${encodeURIComponent(account ?? '')}`;
  const hit = (key: string, group: string, to: string, rest: Pick<Hit, 'text' | 'hint' | 'icon'>): Hit => ({
    key,
    group,
    match: '',
    act: () => void navigate({ to }),
    ...rest,
  });
  return [
    ...(data.number && account
      ? [
          hit('number', w.number, `${base}/messages?number=${encodeURIComponent(data.number.number)}`, {
            text: w.messagesOf(format.phone(data.number.number)),
            hint: data.number.isOptedOut ? w.optedOut : null,
          }),
        ]
      : []),
    ...data.messages.map((row) =>
      hit(`message ${row.message}`, w.messages, `${base}/messages/${row.message}`, {
        text: row.text,
        hint: `${format.phone(row.number)} · ${format.relative(row.acceptedAt)}`,
        icon: <Shape tone={messageTones[row.status]} />,
      }),
    ),
    // A campaign of one message is that message; others open their messages until the page of campaigns exists.
    ...data.campaigns.map((row) =>
      hit(
        `campaign ${row.campaign}`,
        w.campaigns,
        row.message === null
          ? `${base}/messages?campaign=${row.campaign}`
          : `${base}/messages/${row.message}`,
        {
          text: row.text,
          hint: common.messagesCount(row.messages),
        },
      ),
    ),
    ...data.contacts.map((row) =>
      hit(`contact ${row.number}`, w.contacts, `${base}/messages?number=${encodeURIComponent(row.number)}`, {
        text: row.name,
        hint: format.phone(row.number),
      }),
    ),
    ...data.accounts.map((row) =>
      hit(`account ${row.account}`, w.accounts, `/a/${encodeURIComponent(row.account)}`, {
        text: row.name,
        hint: row.account,
      }),
    ),
  ];
}
