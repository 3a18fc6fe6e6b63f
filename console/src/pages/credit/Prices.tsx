// Prices of the account by country and tier.
import { useQuery } from '@tanstack/react-query';
import { query } from '../../api.ts';
import { DataTable } from '../../parts/DataTable.tsx';
import { FilterBar } from '../../parts/FilterBar.tsx';
import { useFilters } from '../../parts/lists.ts';
import { Empty, ErrorBox } from '../../parts/Page.tsx';
import { Money } from '../../parts/values.tsx';
import { useAccount } from '../../session.tsx';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';

export function Prices() {
  const { account } = useAccount();
  const { credit: w, states } = useWords();
  const [values, change] = useFilters();
  const q = values['q'];
  const { data, error, refetch } = useQuery(query('credit.listPrices', { account, ...(q ? { q } : {}) }));
  return (
    <>
      <p className="soft">
        {w.pricesLead} {data ? w.replySurcharge(format.money(data.replySurcharge)) : null}
      </p>
      <FilterBar
        search={{ key: 'q', placeholder: w.searchPrices }}
        filters={[]}
        values={values}
        onChange={change}
      />
      {error ? <ErrorBox error={error} onRetry={() => void refetch()} /> : null}
      <DataTable
        label={w.prices}
        rows={data?.rows ?? []}
        isLoading={data === undefined && !error}
        rowKey={({ country, tier }) => `${country} ${tier}`}
        empty={error ? null : <Empty title={w.pricesEmpty} />}
        columns={[
          { key: 'country', name: w.country, cell: ({ country }) => format.country(country) },
          { key: 'tier', name: w.tier, cell: ({ tier }) => states.tier[tier] },
          {
            key: 'price',
            name: w.price,
            align: 'right',
            cell: ({ price }) => <Money value={price} />,
            phone: 'aside',
          },
        ]}
      />
    </>
  );
}
