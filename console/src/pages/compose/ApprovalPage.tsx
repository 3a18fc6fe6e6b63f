// A draft that waits for a second member or has their approval: what would be sent, the question, and the buttons of the reader:
// decide, take back, send. Used by Compose.tsx. The content cannot change here.
import { Button, Textarea } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import { call, query } from '../../api.ts';
import { FormDialog } from '../../parts/forms.tsx';
import { Alert, Confirm, ErrorBox, Loading, Page } from '../../parts/Page.tsx';
import { Chip } from '../../parts/StatusChip.tsx';
import { useAccount } from '../../session.tsx';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { actorName } from '../campaigns/CampaignLine.tsx';
import { AskApproval, refreshApprovals } from './AskApproval.tsx';
import css from './compose.module.css';
import type { Content, Estimate, Options } from './content.ts';
import type { Saved } from './draft.ts';
import { CountryTable, DifferenceTable } from './EstimateTables.tsx';
import { Money, Sentence } from './EstimateText.tsx';

type Approval = Answer<'approvals.read'>;
type Difference = Answer<'compose.send'>['differences'][number];

interface ApprovalPageProps {
  readonly draft: Saved;
  readonly options: Options;
}

/** Another member can decide at any time. */
const readAgainMs = 10_000;

export function ApprovalPage({ draft: { draft, content }, options }: ApprovalPageProps) {
  const { approvals: w } = useWords();
  const { account } = useAccount();
  const found = useQuery({ ...query('approvals.read', { account, draft }), refetchInterval: readAgainMs });
  const title = w.campaignOf(content.name ?? content.text.slice(0, 60));
  if (found.data === undefined)
    return (
      <Page title={title}>
        {found.error ? (
          <ErrorBox error={found.error} onRetry={() => void found.refetch()} />
        ) : (
          <Loading rows={6} />
        )}
      </Page>
    );
  const { approval } = found.data;
  const tone = approval.state === 'approved' ? 'good' : 'waits';
  return (
    <Page
      title={title}
      state={
        <>
          <Chip tone={tone}>{w.states[approval.state]}</Chip>
          <span>{w.askedBy(actorName(approval.askedBy), format.dateTime(approval.askedAt))}</span>
        </>
      }
    >
      <Decided key={approval.estimate} page={found.data} draft={draft} content={content} options={options} />
    </Page>
  );
}

interface DecidedProps {
  readonly page: Approval;
  readonly draft: string;
  readonly content: Content;
  readonly options: Options;
}

function Decided({ page, draft, content, options }: DecidedProps) {
  const { approvals: w, compose } = useWords();
  const { account, base, canWrite } = useAccount();
  const navigate = useNavigate();
  const [dialog, setDialog] = useState<'approve' | 'refuse' | 'withdraw' | null>(null);
  const [moved, setMoved] = useState<{
    estimate: Estimate;
    differences: readonly Difference[];
    maySend: boolean;
  } | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const { approval, isOwn } = page;
  const estimate = moved?.estimate ?? page.estimate;
  const facts = [estimate.messages, format.money(estimate.cost)] as const;
  const close = () => setDialog(null);

  const send = async () => {
    setBusy(true);
    setError(null);
    try {
      const result = await call('compose.send', { account, draft, body: { estimate: estimate.estimate } });
      if (result.state === 'sent') return void navigate({ to: `${base}/campaigns/${result.campaign}` });
      if (result.state === 'moved')
        setMoved({ estimate: result.estimate!, differences: result.differences, maySend: result.maySend });
      else await refreshApprovals();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  const decide = async (approves: boolean, note: string) => {
    try {
      await call('approvals.decide', {
        account,
        draft,
        body: { estimate: approval.estimate, approves, note },
      });
      notifications.show({ message: approves ? w.approved : w.refused });
    } finally {
      await refreshApprovals();
    }
  };

  return (
    <div className={css['approval']}>
      <State page={page} canWrite={canWrite} />
      {moved === null ? null : (
        <Alert tone="warn" title={compose.send.movedTitle}>
          <p>{moved.maySend ? compose.send.movedText : w.movedAway}</p>
          <DifferenceTable differences={moved.differences} />
        </Alert>
      )}
      <Sentence estimate={estimate} content={content} options={options} refused={0} />
      <CountryTable estimate={estimate} />
      <Money estimate={estimate} />
      {error === null ? null : <ErrorBox error={error} onRetry={() => void send()} />}
      {canWrite && moved !== null && !moved.maySend ? (
        <AskApproval draft={draft} estimate={estimate} deciders={options.deciders} disabled={false} />
      ) : null}
      {canWrite ? (
        <div className="row">
          {approval.state === 'approved' && moved?.maySend !== false ? (
            <Button size="md" loading={isBusy} onClick={() => void send()}>
              {compose.send.button(...facts)}
            </Button>
          ) : null}
          {approval.state === 'waiting' && !isOwn ? (
            <>
              <Button size="md" onClick={() => setDialog('approve')}>
                {w.approve}
              </Button>
              <Button size="md" variant="default" onClick={() => setDialog('refuse')}>
                {w.refuse}
              </Button>
            </>
          ) : null}
          <Button size="md" variant="default" onClick={() => setDialog('withdraw')}>
            {w.withdraw}
          </Button>
        </div>
      ) : null}
      <FormDialog
        opened={dialog === 'approve' || dialog === 'refuse'}
        onClose={close}
        title={dialog === 'refuse' ? w.refuseTitle : w.approveTitle}
        action={dialog === 'refuse' ? w.refuse : w.approve}
        submit={(text) => decide(dialog === 'approve', text('note'))}
      >
        {() => (
          <>
            <p>{dialog === 'refuse' ? w.refuseText : w.approveText(...facts)}</p>
            <Textarea
              name="note"
              label={w.note}
              description={w.noteHint}
              maxLength={500}
              autosize
              minRows={2}
            />
          </>
        )}
      </FormDialog>
      <Confirm
        opened={dialog === 'withdraw'}
        onClose={close}
        title={w.withdrawTitle}
        action={w.withdraw}
        onConfirm={async () => {
          await call('approvals.withdraw', { account, draft });
          notifications.show({ message: w.withdrawn });
          await refreshApprovals();
        }}
      >
        <p>{w.withdrawText}</p>
      </Confirm>
    </div>
  );
}

/** What the state means for the reader, with the words of the others. */
function State({
  page: { approval, isOwn },
  canWrite,
}: {
  readonly page: Approval;
  readonly canWrite: boolean;
}) {
  const { approvals: w } = useWords();
  const isAsked = approval.state === 'waiting' && !isOwn && canWrite;
  const words = isAsked
    ? ([w.waitingOther, w.waitingOtherText] as const)
    : approval.state === 'waiting'
      ? ([w.waitingOwn, w.waitingOwnText] as const)
      : ([
          w.approvedBy(
            actorName(approval.decidedBy ?? ''),
            format.dateTime(approval.decidedAt ?? approval.askedAt),
          ),
          w.approvedText,
        ] as const);
  const said = approval.state === 'waiting' ? approval.question : approval.note || approval.question;
  return (
    <Alert tone={approval.state === 'approved' ? 'good' : 'half'} title={words[0]}>
      <p className="soft">{words[1]}</p>
      {said === '' ? null : <blockquote className={css['quote']}>{said}</blockquote>}
    </Alert>
  );
}
