// The tab with the report of a campaign. Read again each 10 s while receipts come, and at once when the last message has left.
import { Button } from '@mantine/core';
import IconRefresh from '@tabler/icons-react/icons/IconRefresh';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { query } from '../../api.ts';
import { ErrorBox, Loading } from '../../parts/Page.tsx';
import { useAccount } from '../../session.tsx';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import {
  type BlockProps,
  CarriersBlock,
  CausesBlock,
  CountriesBlock,
  DelayBlock,
  MoneyBlock,
  OutcomeBlock,
  ProgressBlock,
  RepliesBlock,
  SegmentsBlock,
} from './blocks.tsx';
import { useCampaign, useCampaignId } from './Campaign.tsx';
import css from './campaigns.module.css';
import { isLive } from './shares.ts';

const reportEveryMs = 10_000;

export function Report() {
  const { account, base } = useAccount();
  const id = useCampaignId();
  const { report: w } = useWords().campaigns;
  const { data: campaign } = useCampaign(account, id);
  const isOpen = campaign !== undefined && isLive(campaign.state, campaign.counts);
  const { data, error, refetch, isFetching } = useQuery({
    ...query('campaigns.report', { account, campaign: id }),
    refetchInterval: isOpen ? reportEveryMs : false,
  });
  // The line above shows the end at once: its figures and these agree.
  useEffect(() => {
    if (!isOpen) void refetch();
  }, [isOpen, refetch]);
  if (error) return <ErrorBox error={error} onRetry={() => void refetch()} />;
  if (data === undefined || campaign === undefined) return <Loading rows={10} />;
  return (
    <>
      <div className={css['asOf']}>
        <span className="faint small">{w.asOf(format.exactTime(data.at))}</span>
        <Button
          variant="subtle"
          data-size="xs"
          loading={isFetching}
          leftSection={<IconRefresh size={14} stroke={1.75} />}
          onClick={() => void refetch()}
        >
          {w.refresh}
        </Button>
      </div>
      <ReportBlocks report={data} campaign={campaign} base={`${base}/campaigns/${id}`} />
    </>
  );
}

export function ReportBlocks(props: BlockProps) {
  return (
    <div className={css['blocks']}>
      <OutcomeBlock {...props} />
      <ProgressBlock {...props} />
      <div className={css['stack']}>
        <DelayBlock {...props} />
        <CountriesBlock {...props} />
        <RepliesBlock {...props} />
      </div>
      <div className={css['stack']}>
        <CausesBlock {...props} />
        <CarriersBlock {...props} />
        <MoneyBlock {...props} />
        <SegmentsBlock {...props} />
      </div>
    </div>
  );
}
