// Section 5 of Compose: the estimate as a sentence and a table, the differences if something moved, and the button with number and
// price. Used by Composer.tsx. Sends exactly what it shows: the server refuses anything else.
import { Button, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import { call, queries } from '../../api.ts';
import { Alert, Loading } from '../../parts/Page.tsx';
import { useAccount } from '../../session.tsx';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { AskApproval } from './AskApproval.tsx';
import { Fault } from './CheckPanel.tsx';
import css from './compose.module.css';
import type { Check, Estimate } from './content.ts';
import type { useDraft } from './draft.ts';
import { CountryTable, DifferenceTable } from './EstimateTables.tsx';
import { Money, Sentence } from './EstimateText.tsx';
import type { SectionProps } from './FromSection.tsx';
import { subtract } from './micros.ts';

interface SendSectionProps extends SectionProps {
  readonly draft: ReturnType<typeof useDraft>;
  readonly check: Check | null;
  readonly isReady: boolean;
  readonly onOpen: (section: number) => void;
  readonly onSent: (campaign: number) => void;
  /** The draft is bound to its approval now. */
  readonly onAsked: () => Promise<void>;
}

type Difference = Answer<'compose.send'>['differences'][number];

export function SendSection(props: SendSectionProps) {
  const { draft, isReady, content, check } = props;
  const { compose } = useWords();
  const w = compose.send;
  const { account } = useAccount();
  const id = draft.saved?.draft;
  const isClean = draft.saved?.content === content;
  const key = ['compose.estimate', account, id, draft.saved?.version];
  const estimate = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => call('compose.estimate', { account, draft: id!, body: {} }, signal),
    enabled: isReady && id !== undefined && isClean,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  if (!isReady) return <p className="soft">{w.missing}</p>;
  if (estimate.error && isClean)
    return <Fault error={estimate.error} onRetry={() => void estimate.refetch()} />;
  if (estimate.data === undefined || !isClean)
    return (
      <div aria-live="polite">
        <p className="soft">{w.estimating}</p>
        <Loading rows={4} />
      </div>
    );
  const refused = Object.values(estimate.data.refused).reduce((sum, count) => sum + count, 0);
  return (
    <Ready
      {...props}
      estimate={estimate.data}
      refused={refused}
      isAccepted={refused === 0 || content.skipsRefused || check === null}
      onEstimate={(next) => queries.setQueryData(key, next)}
      onAgain={async () => {
        await estimate.refetch();
      }}
    />
  );
}

interface ReadyProps extends SendSectionProps {
  readonly estimate: Estimate;
  readonly refused: number;
  readonly isAccepted: boolean;
  readonly onEstimate: (estimate: Estimate) => void;
  readonly onAgain: () => Promise<void>;
}

/** More recipients, or a higher price, are confirmed by typing their number. */
const typedAboveMessages = 1000;
const typedAboveEuros = 100;

function Ready(props: ReadyProps) {
  const { estimate, refused, isAccepted, onEstimate, onAgain, onSent, onOpen, draft } = props;
  const { compose } = useWords();
  const w = compose.send;
  const { account } = useAccount();
  const [typed, setTyped] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [differences, setDifferences] = useState<readonly Difference[]>([]);
  const [note, setNote] = useState<string | null>(null);
  const { messages, cost, available } = estimate;
  const missing = subtract(cost, available);
  const isShort = !missing.startsWith('-') && Number(missing) > 0;
  const mustType = messages > typedAboveMessages || Number(cost) > typedAboveEuros;
  const { approveAbove, deciders } = props.options;
  const needsApproval = approveAbove !== null && messages > approveAbove;
  const isTyped = !mustType || typed.replace(/\D/g, '') === String(messages);

  const send = async () => {
    setBusy(true);
    setError(null);
    setNote(null);
    setDifferences([]);
    try {
      const result = await call('compose.send', {
        account,
        draft: draft.saved!.draft,
        body: { estimate: estimate.estimate },
      });
      if (result.state === 'sent') return onSent(result.campaign!);
      setTyped('');
      if (result.state === 'moved') {
        setDifferences(result.differences);
        return onEstimate(result.estimate!);
      }
      if (result.state === 'approval-missing')
        await queries.invalidateQueries({ queryKey: ['compose.options'] });
      else setNote(result.state === 'expired' ? w.expired : w.changed);
      await onAgain();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };

  return (
    <>
      {differences.length > 0 ? (
        <Alert tone="warn" title={w.movedTitle}>
          <p>{w.movedText}</p>
          <DifferenceTable differences={differences} />
        </Alert>
      ) : null}
      {note === null ? null : <Alert tone="warn" title={note} />}
      <Sentence {...props} />
      <CountryTable estimate={estimate} />
      <Money estimate={estimate} />
      {isShort ? <Alert tone="bad" title={w.short(format.money(missing))} /> : null}
      {isAccepted ? null : (
        <Alert
          tone="warn"
          title={w.refusedLeft(refused)}
          actions={
            <Button variant="default" onClick={() => onOpen(2)}>
              {compose.to.title}
            </Button>
          }
        />
      )}
      {mustType && !needsApproval ? (
        <TextInput
          label={w.typeNumber(messages)}
          description={w.typeHint}
          inputMode="numeric"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          className={css['short']!}
        />
      ) : null}
      {error ? <Fault error={error} onRetry={() => void send()} /> : null}
      <p className="small faint">
        {w.dryRun} {w.expires(format.hourMinute(estimate.expiresAt))}
      </p>
      {needsApproval ? (
        <AskApproval
          draft={draft.saved!.draft}
          estimate={estimate}
          deciders={deciders}
          disabled={messages === 0 || !isAccepted}
          onAsked={props.onAsked}
        />
      ) : null}
      <div className="row">
        {needsApproval ? null : (
          <Button
            size="md"
            loading={isBusy}
            disabled={messages === 0 || isShort || !isAccepted || !isTyped}
            onClick={() => void send()}
          >
            {w.button(messages, format.money(cost))}
          </Button>
        )}
        <Button variant="default" disabled={isBusy} onClick={() => void onAgain()}>
          {w.again}
        </Button>
      </div>
    </>
  );
}
