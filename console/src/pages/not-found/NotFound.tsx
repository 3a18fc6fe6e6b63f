// The page of an address that does not exist.
import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { Empty, Page } from '../../parts/Page.tsx';
import { useWords } from '../../words/words.ts';

export function NotFound() {
  const { common } = useWords();
  const navigate = useNavigate();
  return (
    <Page title={common.notFound}>
      <Empty
        title={common.notFound}
        actions={<Button onClick={() => void navigate({ to: '/' })}>{common.goHome}</Button>}
      >
        {common.notFoundHelp}
      </Empty>
    </Page>
  );
}
