// The alert on low credit and the automatic order. Only owners and operators change them.
import { Button, NumberInput, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQuery } from '@tanstack/react-query';
import { call, queries, query } from '../../api.ts';
import { useForm } from '../../parts/forms.tsx';
import { ErrorBox, Loading } from '../../parts/Page.tsx';
import { useAccount } from '../../session.tsx';
import { useWords } from '../../words/words.ts';

export function Alerts() {
  const { account, canOwn } = useAccount();
  const { credit: w, common } = useWords();
  const { data } = useQuery(query('credit.read', { account }));
  const form = useForm(async (text) => {
    const quantity = text('quantity') === '' ? null : Number(text('quantity'));
    await call('credit.update', {
      account,
      body: {
        alert: { bound: Number(text('bound') || 0), email: text('email') === '' ? null : text('email') },
        automaticTopUp: { quantity, threshold: Number(text('threshold') || 0) },
      },
    });
    await queries.invalidateQueries({ queryKey: ['credit.read'] });
    notifications.show({ message: common.saved });
  });
  if (data === undefined) return <Loading />;
  return (
    <form className="stack" style={{ maxWidth: 420 }} onSubmit={form.onSubmit}>
      <NumberInput
        name="bound"
        label={w.alertBound}
        description={w.alertBoundHint}
        min={0}
        defaultValue={data.alert?.bound ?? 0}
        disabled={!canOwn}
        error={form.fault('alert.bound')}
      />
      <TextInput
        name="email"
        type="email"
        label={w.alertEmail}
        defaultValue={data.alert?.email ?? ''}
        disabled={!canOwn}
        error={form.fault('alert.email')}
      />
      <NumberInput
        name="quantity"
        label={w.topUpQuantity}
        description={w.topUpQuantityHint}
        min={1}
        defaultValue={data.automaticTopUp.quantity ?? ''}
        disabled={!canOwn}
        error={form.fault('automaticTopUp.quantity')}
      />
      <NumberInput
        name="threshold"
        label={w.topUpThreshold}
        min={0}
        defaultValue={data.automaticTopUp.threshold}
        disabled={!canOwn}
        error={form.fault('automaticTopUp.threshold')}
      />
      {form.error === null ? null : <ErrorBox error={form.error} />}
      {canOwn ? (
        <div>
          <Button type="submit" loading={form.isBusy}>
            {common.save}
          </Button>
        </div>
      ) : (
        <p className="soft">{common.noRight}</p>
      )}
    </form>
  );
}
