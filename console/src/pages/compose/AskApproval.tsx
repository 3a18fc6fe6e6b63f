// Asks another member to approve an estimate, with a line for that person. Used by SendSection.tsx and ApprovalPage.tsx.
import { Button, Textarea } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { call, queries } from '../../api.ts';
import { Alert, ErrorBox } from '../../parts/Page.tsx';
import { useAccount } from '../../session.tsx';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import type { Estimate } from './content.ts';

interface AskApprovalProps {
  readonly draft: string;
  readonly estimate: Estimate;
  /** Other members who could approve. */
  readonly deciders: number;
  readonly disabled: boolean;
  readonly onAsked?: () => Promise<void>;
}

/** The draft, its approval and Home are read again. */
export async function refreshApprovals(): Promise<void> {
  await Promise.all(
    ['compose.read', 'approvals.read', 'approvals.list', 'home.read'].map((name) =>
      queries.invalidateQueries({ queryKey: [name] }),
    ),
  );
}

export function AskApproval({ draft, estimate, deciders, disabled, onAsked }: AskApprovalProps) {
  const { approvals: w } = useWords();
  const { account } = useAccount();
  const [question, setQuestion] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const ask = async () => {
    setBusy(true);
    setError(null);
    try {
      await call('approvals.ask', { account, draft, body: { estimate: estimate.estimate, question } });
      notifications.show({ message: w.asked });
      await Promise.all([refreshApprovals(), onAsked?.()]);
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Alert tone="half" title={w.needed}>
        {deciders === 0 ? <p>{w.noDecider}</p> : null}
      </Alert>
      <Textarea
        label={w.question}
        description={w.questionHint}
        value={question}
        maxLength={500}
        autosize
        minRows={2}
        onChange={(event) => setQuestion(event.currentTarget.value)}
      />
      {error === null ? null : <ErrorBox error={error} />}
      <div>
        <Button size="md" loading={isBusy} disabled={disabled} onClick={() => void ask()}>
          {w.ask(estimate.messages, format.money(estimate.cost))}
        </Button>
      </div>
    </>
  );
}
