// The buttons of a campaign by its state, and their dialogs: each repeats the consequence with the numbers of this moment.
import { Button, Menu } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import IconDots from '@tabler/icons-react/icons/IconDots';
import IconPlayerPause from '@tabler/icons-react/icons/IconPlayerPause';
import IconPlayerPlay from '@tabler/icons-react/icons/IconPlayerPlay';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { addressOf, call, queries } from '../../api.ts';
import { Confirm } from '../../parts/Page.tsx';
import { copyText } from '../../parts/values.tsx';
import { useAccount } from '../../session.tsx';
import * as format from '../../words/format.ts';
import { useLanguage } from '../../words/words.ts';
import type { CampaignData } from './CampaignLine.tsx';
import { type Copy, CopyDialogs, CopyItems } from './Copies.tsx';
import { leftOf } from './shares.ts';

type Action = 'pause' | 'resume' | 'cancel';

/** Both lists and the page show the new state at once. */
async function refresh(): Promise<void> {
  await Promise.all(
    ['campaigns.read', 'campaigns.report', 'campaigns.list', 'campaigns.count'].map((name) =>
      queries.invalidateQueries({ queryKey: [name] }),
    ),
  );
}

export function CampaignActions({ data }: { readonly data: CampaignData }) {
  const { words, language } = useLanguage();
  const { campaigns: w, common } = words;
  const { account, base, canWrite } = useAccount();
  const navigate = useNavigate();
  const [asked, setAsked] = useState<Action | null>(null);
  const [copy, setCopy] = useState<Copy | null>(null);
  const { campaign, can } = data;
  const exportUrl = addressOf('campaigns.export', {
    account,
    campaign,
    language,
    spreadsheet: true,
  }).url;
  const noRight = canWrite ? undefined : common.noRight;
  return (
    <>
      {can.pause ? (
        <Button
          variant="default"
          disabled={!canWrite}
          title={noRight}
          leftSection={<IconPlayerPause size={16} stroke={1.75} />}
          onClick={() => setAsked('pause')}
        >
          {w.actions.pause}
        </Button>
      ) : null}
      {can.resume ? (
        <Button
          disabled={!canWrite}
          title={noRight}
          leftSection={<IconPlayerPlay size={16} stroke={1.75} />}
          onClick={() => setAsked('resume')}
        >
          {w.actions.resume}
        </Button>
      ) : null}
      {can.cancel ? (
        <Button
          variant="default"
          data-danger
          disabled={!canWrite}
          title={noRight}
          onClick={() => setAsked('cancel')}
        >
          {w.actions.cancel}
        </Button>
      ) : null}
      <Menu position="bottom-end" shadow="md" width={280}>
        <Menu.Target>
          <Button variant="default" leftSection={<IconDots size={16} stroke={1.75} />}>
            {w.more}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {canWrite ? <CopyItems data={data} onAsk={setCopy} /> : null}
          <Menu.Item component="a" href={exportUrl} download>
            {w.actions.export}
          </Menu.Item>
          <Menu.Item
            onClick={() => void navigate({ to: `/print/campaign/${campaign}`, search: { account } as never })}
          >
            {w.actions.print}
          </Menu.Item>
          <Menu.Item onClick={() => void copyText(window.location.href)}>{w.actions.copyLink}</Menu.Item>
          <Menu.Divider />
          <Menu.Item onClick={() => void navigate({ to: `${base}/campaigns` })}>{w.back}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <CopyDialogs data={data} asked={copy} onClose={() => setCopy(null)} />
      <PauseDialog data={data} opened={asked === 'pause'} onClose={() => setAsked(null)} />
      <ResumeDialog data={data} opened={asked === 'resume'} onClose={() => setAsked(null)} />
      <CancelDialog data={data} opened={asked === 'cancel'} onClose={() => setAsked(null)} />
    </>
  );
}

interface DialogProps {
  readonly data: CampaignData;
  readonly opened: boolean;
  readonly onClose: () => void;
}

function PauseDialog({ data, opened, onClose }: DialogProps) {
  const { words } = useLanguage();
  const w = words.campaigns.pause;
  const { account } = useAccount();
  const waiting = data.counts.accepted;
  const claimed = Math.min(data.claimed, waiting);
  return (
    <Confirm
      opened={opened}
      onClose={onClose}
      title={w.title}
      action={w.action(waiting)}
      onConfirm={async () => {
        await call('campaigns.pause', { account, campaign: data.campaign });
        await refresh();
        notifications.show({ message: w.done });
      }}
    >
      <p>{w.waits(waiting)}</p>
      {leftOf(data.counts) > 0 ? <p>{w.gone(leftOf(data.counts))}</p> : null}
      {claimed > 0 ? <p>{w.claimed(claimed)}</p> : null}
      <p>{w.twice}</p>
      <p className="soft">{w.validity}</p>
    </Confirm>
  );
}

function ResumeDialog({ data, opened, onClose }: DialogProps) {
  const { words } = useLanguage();
  const w = words.campaigns.resume;
  const { account } = useAccount();
  return (
    <Confirm
      opened={opened}
      onClose={onClose}
      title={w.title}
      action={w.action(data.counts.accepted)}
      onConfirm={async () => {
        await call('campaigns.resume', { account, campaign: data.campaign });
        await refresh();
        notifications.show({ message: w.done });
      }}
    >
      <p>{w.text(data.counts.accepted)}</p>
      {data.purpose === 'marketing' ? <p>{w.hours}</p> : null}
      <p>{w.twice}</p>
    </Confirm>
  );
}

function CancelDialog({ data, opened, onClose }: DialogProps) {
  const { words } = useLanguage();
  const w = words.campaigns.cancel;
  const { account } = useAccount();
  const waiting = data.counts.accepted;
  // The mean price: the messages of a campaign can cost differently, and the server answers with the exact sum.
  const amount = format.money(((Number(data.cost) / Math.max(1, data.messages)) * waiting).toFixed(2));
  const left = leftOf(data.counts);
  return (
    <Confirm
      opened={opened}
      onClose={onClose}
      title={w.title}
      danger
      dismiss={w.dismiss}
      action={w.action(waiting, amount)}
      onConfirm={async () => {
        const { cancelled, released } = await call('campaigns.cancel', {
          account,
          campaign: data.campaign,
        });
        await refresh();
        notifications.show({
          message: cancelled === 0 ? w.nothing : w.done(cancelled, format.money(released)),
        });
      }}
    >
      <p>{w.text(waiting)}</p>
      <p>{w.back(amount)}</p>
      {left > 0 ? <p>{w.gone(left)}</p> : null}
    </Confirm>
  );
}
