// The frame of the settings of an account: its tabs have addresses. Each tab is a page of this folder.
import { Outlet } from '@tanstack/react-router';
import { Page, PageTabs } from '../../parts/Page.tsx';
import { useAccount } from '../../session.tsx';
import { useWords } from '../../words/words.ts';

export function Settings() {
  const { settings: w } = useWords();
  const { base } = useAccount();
  const tabs = ['senders', 'templates', 'members', 'account', 'audit'] as const;
  return (
    <Page title={w.title}>
      <PageTabs label={w.title} tabs={tabs.map((tab) => ({ to: `${base}/settings/${tab}`, name: w[tab] }))} />
      <Outlet />
    </Page>
  );
}
