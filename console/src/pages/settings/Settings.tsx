// The frame of the settings of an account: its tabs have addresses. Each tab is a page of this folder.
import { Outlet } from '@tanstack/react-router';
import { Page, PageTabs } from '../../parts/Page.tsx';
import { useAccount } from '../../session.tsx';
import { useWords } from '../../words/words.ts';

export function Settings() {
  const { settings: w } = useWords();
  const { base } = useAccount();
  return (
    <Page title={w.title}>
      <PageTabs
        label={w.title}
        tabs={[
          { to: `${base}/settings/senders`, name: w.senders },
          { to: `${base}/settings/templates`, name: w.templates },
        ]}
      />
      <Outlet />
    </Page>
  );
}
