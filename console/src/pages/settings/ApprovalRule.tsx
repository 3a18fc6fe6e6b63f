// The owner's rule of approvals: none, every campaign, or those above a number of messages. Used by AccountPage.tsx.
import { Button, NumberInput, Radio } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { call, queries } from '../../api.ts';
import { useForm } from '../../parts/forms.tsx';
import { ErrorBox } from '../../parts/Page.tsx';
import { useAccount } from '../../session.tsx';
import { useWords } from '../../words/words.ts';

/** Offered first. */
const usualAbove = 1000;

export function ApprovalRule({ above }: { readonly above: number | null }) {
  const { account } = useAccount();
  const { approvals: w, common } = useWords();
  const [rule, setRule] = useState(above === null ? 'none' : above === 0 ? 'all' : 'above');
  const form = useForm(async (text) => {
    const number = Number(text('above').replace(/\D/g, ''));
    const body = { above: rule === 'none' ? null : rule === 'all' ? 0 : number };
    await call('account.setApproval', { account, body });
    await Promise.all(
      ['account.read', 'compose.options'].map((name) => queries.invalidateQueries({ queryKey: [name] })),
    );
    notifications.show({ message: common.saved });
  });
  return (
    <form className="stack" style={{ maxWidth: 560 }} onSubmit={form.onSubmit}>
      <Radio.Group label={w.rule} description={w.ruleText} value={rule} onChange={setRule}>
        <div className="stack" style={{ paddingTop: 8 }}>
          <Radio value="none" label={w.ruleNone} />
          <Radio value="above" label={w.ruleAbove} />
          <Radio value="all" label={w.ruleAll} />
        </div>
      </Radio.Group>
      {rule === 'above' ? (
        <NumberInput
          name="above"
          label={w.ruleNumber}
          defaultValue={above || usualAbove}
          min={1}
          max={1_000_000}
          allowDecimal={false}
          style={{ maxWidth: 200 }}
        />
      ) : null}
      {form.error === null ? null : <ErrorBox error={form.error} />}
      <div>
        <Button type="submit" variant="default" loading={form.isBusy}>
          {common.save}
        </Button>
      </div>
    </form>
  );
}
