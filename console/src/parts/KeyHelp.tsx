// The list of keys, in the dialog of `?` and as a page. Used by Shell.
import { Kbd } from '@mantine/core';
import { accountPlaces, commonPlaces, composePath, operatorPlaces } from '../places.ts';
import { useSession } from '../session.tsx';
import { useWords } from '../words/words.ts';
import css from './shell.module.css';

export function KeyHelp() {
  const { common } = useWords();
  const { keyHelp: w } = common;
  const { member } = useSession();
  const places = [...accountPlaces, ...commonPlaces, ...(member.isOperator ? operatorPlaces : [])];
  const rows: readonly (readonly [readonly string[], string])[] = [
    [['Ctrl', 'K'], w.search],
    [['?'], w.list],
    [['/'], w.filter],
    ...(composePath === null ? [] : [[['c'], common.compose] as const]),
    ...places
      .filter(({ key }) => key !== undefined)
      .map(({ key, name }) => [['g', key!], common[name]] as const),
    [['j', 'k'], w.move],
    [['Enter'], w.open],
    [['u'], w.backToList],
    [['[', ']'], w.neighbours],
    [['r'], w.reply],
    [['e'], w.handled],
    [['y'], w.copyLink],
    [['Esc'], w.escape],
    [['Ctrl', 'Enter'], w.send],
  ];
  return (
    <div className="stack">
      <dl className={css['keyList']}>
        {rows.map(([keys, name]) => (
          <div key={keys.join(' ')} style={{ display: 'contents' }}>
            <dt>
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dt>
            <dd>{name}</dd>
          </div>
        ))}
      </dl>
      <p className="soft small">{w.off}</p>
    </div>
  );
}
