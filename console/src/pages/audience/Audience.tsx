// The frame of the audience: contacts, lists and tags, opt-outs. Its tabs have addresses.
import { Outlet } from '@tanstack/react-router';
import { Page, PageTabs } from '../../parts/Page.tsx';
import { useAccount } from '../../session.tsx';
import { useWords } from '../../words/words.ts';

export function Audience() {
  const { audience: w } = useWords();
  const { base } = useAccount();
  return (
    <Page title={w.title}>
      <PageTabs
        label={w.title}
        tabs={[
          { to: `${base}/audience/contacts`, name: w.contacts },
          { to: `${base}/audience/groups`, name: w.groups },
          { to: `${base}/audience/opt-outs`, name: w.optOuts },
        ]}
      />
      <Outlet />
    </Page>
  );
}
