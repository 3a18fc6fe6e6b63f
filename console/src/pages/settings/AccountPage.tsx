// Facts of the account. Its description can be changed here; the other values belong to the operator.
import { Button, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQuery } from '@tanstack/react-query';
import { call, queries, query } from '../../api.ts';
import { useForm } from '../../parts/forms.tsx';
import { ErrorBox, Loading, Section } from '../../parts/Page.tsx';
import { Copy, Facts, Time } from '../../parts/values.tsx';
import { useAccount } from '../../session.tsx';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { ApprovalRule } from './ApprovalRule.tsx';

export function AccountPage() {
  const { account, canWrite, canOwn } = useAccount();
  const { settings: w, approvals, common } = useWords();
  const { data, error, refetch } = useQuery(query('account.read', { account }));
  const form = useForm(async (text) => {
    await call('account.update', { account, body: { description: text('description') } });
    await queries.invalidateQueries({ queryKey: ['account.read'] });
    notifications.show({ message: common.saved });
  });
  if (data === undefined)
    return error ? <ErrorBox error={error} onRetry={() => void refetch()} /> : <Loading />;
  return (
    <Section title={w.account}>
      <Facts
        rows={[
          [w.accountName, data.name],
          [
            w.serviceName,
            <>
              <code>{data.account}</code>
              <Copy text={data.account} name={w.serviceName} />
              <div className="faint small">{w.serviceNameHint}</div>
            </>,
          ],
          [w.email, data.email],
          [w.status, w.statuses[data.status]],
          [w.country, data.country === null ? w.countryNone : format.country(data.country)],
          [w.optOuts, data.optOutsCoverTransactional ? common.yes : common.no],
          [approvals.rule, approvals.ruleShown(data.approveAbove)],
          data.isSubAccount && [w.parent, common.yes],
          [w.role, common.role[data.role]],
          [w.created, <Time key="created" at={data.createdAt} exact />],
        ]}
      />
      <p className="faint small">{w.changedByOperator}</p>
      {canWrite ? (
        <form className="stack" style={{ maxWidth: 420 }} onSubmit={form.onSubmit}>
          <TextInput
            name="description"
            label={w.description}
            defaultValue={data.description ?? ''}
            maxLength={100}
            error={form.fault('description')}
          />
          {form.error === null ? null : <ErrorBox error={form.error} />}
          <div>
            <Button type="submit" variant="default" loading={form.isBusy}>
              {common.save}
            </Button>
          </div>
        </form>
      ) : null}
      {canOwn ? <ApprovalRule key={String(data.approveAbove)} above={data.approveAbove} /> : null}
    </Section>
  );
}
