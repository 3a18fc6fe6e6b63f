// The page Compose: opens a draft of the address, or a new one. Used by router.tsx. A draft that was sent opens its campaign.
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useCallback, useEffect, useState } from 'react';
import { queries, query } from '../../api.ts';
import { Alert, ErrorBox, Loading, Page } from '../../parts/Page.tsx';
import { useAccount } from '../../session.tsx';
import { useWords } from '../../words/words.ts';
import { ApprovalPage } from './ApprovalPage.tsx';
import { Composer } from './Composer.tsx';

export function Compose() {
  const { compose: w } = useWords();
  const { account, base, canWrite } = useAccount();
  const { draft } = useParams({ strict: false }) as { draft?: string };
  const navigate = useNavigate();
  const [created, setCreated] = useState<string | null>(null);
  const [round, setRound] = useState(0);
  const isOwn = draft === undefined || draft === created;
  const options = useQuery({ ...query('compose.options', { account }), staleTime: 60_000 });
  const opened = useQuery({
    ...query('compose.read', { account, draft: draft ?? '' }),
    enabled: !isOwn,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });
  const campaign = isOwn ? null : opened.data?.campaign;
  useEffect(() => {
    if (campaign) void navigate({ to: `${base}/campaigns/${campaign}`, replace: true });
  }, [campaign, base, navigate]);
  const onCreated = useCallback(
    (id: string) => {
      setCreated(id);
      void navigate({ to: `${base}/compose/${id}`, replace: true, resetScroll: false });
    },
    [base, navigate],
  );
  const onReload = useCallback(async () => {
    setCreated(null);
    await queries.invalidateQueries({ queryKey: ['compose.read'] });
    setRound((before) => before + 1);
  }, []);
  const error = options.error ?? (isOwn ? null : opened.error);
  if (error)
    return (
      <Page title={w.title}>
        <ErrorBox error={error} onRetry={() => void Promise.all([options.refetch(), opened.refetch()])} />
      </Page>
    );
  const bound = isOwn ? undefined : opened.data;
  if (bound?.approval && bound.approval.state !== 'refused' && options.data && !campaign)
    return <ApprovalPage draft={bound} options={options.data} />;
  if (!canWrite)
    return (
      <Page title={w.title}>
        <Alert tone="warn" title={w.onlyLook} />
      </Page>
    );
  if (options.data === undefined || (!isOwn && opened.data === undefined) || campaign)
    return (
      <Page title={w.title}>
        <Loading />
      </Page>
    );
  const initial = isOwn || opened.data === undefined ? null : opened.data;
  return (
    <Composer
      key={isOwn ? 'new' : `${draft} ${round} ${opened.data?.version}`}
      options={options.data}
      initial={initial}
      refusal={initial?.approval ?? null}
      onCreated={onCreated}
      onReload={onReload}
    />
  );
}
