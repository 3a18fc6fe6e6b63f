// The page of a member who belongs to no account.
import { Empty, Page } from '../../parts/Page.tsx';
import { useWords } from '../../words/words.ts';

export function NoAccount() {
  const { signIn: w } = useWords();
  return (
    <Page title={w.noAccount}>
      <Empty title={w.noAccount}>{w.noAccountHelp}</Empty>
    </Page>
  );
}
