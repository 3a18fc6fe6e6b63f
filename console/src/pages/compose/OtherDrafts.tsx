// The other drafts of the account, to resume one. Used by Composer.tsx.
import { Button, Menu } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { query } from '../../api.ts';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';

interface OtherDraftsProps {
  readonly account: string;
  readonly base: string;
  readonly current: string | null;
}

const maxShown = 10;

export function OtherDrafts({ account, base, current }: OtherDraftsProps) {
  const { compose: w } = useWords();
  const navigate = useNavigate();
  const { data } = useQuery(query('compose.list', { account }));
  const others = (data?.rows ?? []).filter(({ draft }) => draft !== current).slice(0, maxShown);
  if (others.length === 0) return null;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default">
          {w.drafts} ({format.number(others.length)})
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {others.map(({ draft, content, changedAt }) => (
          <Menu.Item key={draft} onClick={() => void navigate({ to: `${base}/compose/${draft}` })}>
            {w.draftOf((content.name ?? content.text).slice(0, 40))} · {format.relative(changedAt)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
