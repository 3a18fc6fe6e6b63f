// The button that shows whole numbers for an hour, for persons who see two digits: the server records its use. Used by pages
// with numbers. Shown only while a number is hidden.
import { Button } from '@mantine/core';
import { call, queries } from '../api.ts';
import { useAccount } from '../session.tsx';
import { useWords } from '../words/words.ts';

export function ShowNumbers({ numbers }: { readonly numbers: readonly string[] }) {
  const { common } = useWords();
  const { account } = useAccount();
  if (!numbers.some((number) => number.includes('•'))) return null;
  const show = async () => {
    await call('account.showNumbers', { account });
    await queries.invalidateQueries();
  };
  return (
    <Button variant="default" onClick={() => void show()}>
      {common.showNumbers}
    </Button>
  );
}
