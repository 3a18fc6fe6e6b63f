// The frame of the developers' pages: its tabs have addresses.
import { Outlet } from '@tanstack/react-router';
import { Page, PageTabs } from '../../parts/Page.tsx';
import { Copy } from '../../parts/values.tsx';
import { useAccount, useSession } from '../../session.tsx';
import { useWords } from '../../words/words.ts';

export function Developers() {
  const { developers: w } = useWords();
  const { base } = useAccount();
  const { installation } = useSession();
  const tabs = ['keys', 'callbacks', 'deliveries', 'refused'] as const;
  return (
    <Page
      title={w.title}
      state={
        <span>
          {w.address} <code>{installation.baseUrl}</code>
          <Copy text={installation.baseUrl} name={w.address} />
        </span>
      }
    >
      <PageTabs
        label={w.title}
        tabs={tabs.map((tab) => ({ to: `${base}/developers/${tab}`, name: w[tab] }))}
      />
      <Outlet />
    </Page>
  );
}
