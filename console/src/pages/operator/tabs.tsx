// The tabs that join pages of the operator: prices with numbers and hours, the system with its audit and retention.
import { PageTabs } from '../../parts/Page.tsx';
import { useWords } from '../../words/words.ts';

export function PriceTabs() {
  const { operator, common } = useWords();
  return (
    <PageTabs
      label={common.prices}
      tabs={[
        { to: '/operator/prices', name: common.prices },
        { to: '/operator/numbers', name: operator.numbers.title },
        { to: '/operator/hours', name: operator.hours.title },
      ]}
    />
  );
}

export function SystemTabs() {
  const { operator } = useWords();
  return (
    <PageTabs
      label={operator.system.title}
      tabs={[
        { to: '/operator/system', name: operator.system.title },
        { to: '/operator/audit', name: operator.audit.title },
        { to: '/operator/retention', name: operator.retention.title },
      ]}
    />
  );
}
