// The other tabs of a campaign: its messages, its replies and STOPs, the recipients and messages that did not arrive, its text
// and its settings.
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { query } from '../../api.ts';
import { Counter } from '../../parts/Counter.tsx';
import { useCauses } from '../../parts/causes.ts';
import { type Column, DataTable } from '../../parts/DataTable.tsx';
import { type RowOf, useList } from '../../parts/lists.ts';
import { Empty, ErrorBox, Loading, Section } from '../../parts/Page.tsx';
import { Bubble, PhonePreview } from '../../parts/PhonePreview.tsx';
import { Chip } from '../../parts/StatusChip.tsx';
import { Copy, Facts, Money, PhoneNumber, Time } from '../../parts/values.tsx';
import { useAccount } from '../../session.tsx';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { MessageList } from '../messages/Messages.tsx';
import { CausesBlock } from './blocks.tsx';
import { useCampaign, useCampaignId } from './Campaign.tsx';
import type { CampaignData } from './CampaignLine.tsx';
import css from './campaigns.module.css';

export function CampaignMessages() {
  return <MessageList campaign={useCampaignId()} />;
}

type Reply = RowOf<'campaigns.listReplies'>;

export function CampaignReplies() {
  const { account, base } = useAccount();
  const id = useCampaignId();
  const { replyList: w } = useWords().campaigns;
  const { data: campaign } = useCampaign(account, id);
  const list = useList('campaigns.listReplies', { account, campaign: id });
  const columns: readonly Column<Reply>[] = [
    {
      key: 'number',
      name: w.number,
      cell: ({ number }) => (number === null ? '–' : <PhoneNumber value={number} />),
      phone: 'first',
    },
    {
      key: 'text',
      name: w.text,
      cell: ({ text, isOptOut }) => (
        <>
          {isOptOut ? <Chip tone="bad">{w.stop}</Chip> : null} {text}
        </>
      ),
      clips: true,
      phone: 'wide',
    },
    {
      key: 'at',
      name: w.at,
      align: 'right',
      cell: ({ at }) => (
        <span className="soft">
          <Time at={at} />
        </span>
      ),
      phone: 'aside',
    },
  ];
  if (list.error) return <ErrorBox error={list.error} onRetry={list.refetch} />;
  return (
    <DataTable
      label={w.text}
      {...list}
      columns={columns}
      rowKey={({ reply }) => reply}
      rowLink={({ message }) => (message === null ? null : `${base}/messages/${message}`)}
      empty={<Empty title={w.none}>{campaign?.withReplies === false ? w.noneNoReplies : w.noneText}</Empty>}
    />
  );
}

export function CampaignNotSent() {
  const { account, base } = useAccount();
  const id = useCampaignId();
  const { notSent: w } = useWords().campaigns;
  const causeOf = useCauses();
  const navigate = useNavigate();
  const { data: campaign } = useCampaign(account, id);
  const report = useQuery(query('campaigns.report', { account, campaign: id }));
  const skipped = useQuery(query('campaigns.listSkipped', { account, campaign: id, limit: 1 }));
  const list = useList('campaigns.listSkipped', { account, campaign: id });
  const failure = report.error ?? skipped.error ?? list.error;
  if (failure) return <ErrorBox error={failure} onRetry={() => void report.refetch()} />;
  if (report.data === undefined || skipped.data === undefined || campaign === undefined)
    return <Loading rows={8} />;
  const path = `${base}/campaigns/${id}`;
  return (
    <>
      <Section title={w.failedTitle}>
        <p className="soft">{w.failedHint}</p>
        <CausesBlock report={report.data} campaign={campaign} base={path} />
        {report.data.causes.length > 0 ? (
          <div>
            <Button
              variant="default"
              onClick={() =>
                void navigate({
                  to: `${path}/messages`,
                  search: { status: 'undelivered,rejected,expired,unknown,cancelled' } as never,
                })
              }
            >
              {w.seeMessages}
            </Button>
          </div>
        ) : null}
      </Section>
      <Section title={w.skipped}>
        <p className="soft">{w.skippedHint}</p>
        {skipped.data.reasons.length === 0 ? (
          <p className="soft">{w.none}</p>
        ) : (
          <>
            <table className={css['figures']}>
              <thead>
                <tr>
                  <th scope="col">{w.cause}</th>
                  <th scope="col">{w.recipients}</th>
                </tr>
              </thead>
              <tbody>
                {skipped.data.reasons.map(({ cause, recipients }) => (
                  <tr key={cause.code}>
                    <th scope="row">
                      <span className={css['cause']}>{causeOf(cause).says}</span>
                      <span className="soft small">{causeOf(cause).remedy}</span>
                    </th>
                    <td>{format.number(recipients)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
            <DataTable
              label={w.skipped}
              {...list}
              columns={[
                { key: 'place', name: w.row, cell: ({ place }) => format.number(place), phone: 'aside' },
                { key: 'number', name: w.number, cell: ({ number }) => <code>{number}</code> },
                { key: 'cause', name: w.cause, cell: ({ cause }) => causeOf(cause).says, clips: true },
              ]}
              rowKey={({ place }) => place}
              empty={null}
            />
          </>
        )}
      </Section>
    </>
  );
}

export function CampaignSettings() {
  const { account } = useAccount();
  const { data } = useCampaign(account, useCampaignId());
  const { facts: w } = useWords().campaigns;
  if (data === undefined) return <Loading rows={8} />;
  return (
    <div className={css['columns']}>
      <Section title={w.textTitle}>
        <PhonePreview sender={data.sender ?? '–'} time={format.dateTime(data.dueAt)}>
          <Bubble text={data.text} showsCuts flash={data.messageClass === 0} />
        </PhonePreview>
        <Counter text={data.text} />
      </Section>
      <Section title={w.settingsTitle}>
        <CampaignFacts data={data} />
      </Section>
    </div>
  );
}

export function CampaignFacts({ data }: { readonly data: CampaignData }) {
  const { campaigns: w, states, common } = useWords();
  const { base } = useAccount();
  return (
    <Facts
      rows={[
        [
          w.facts.campaign,
          <>
            <code>{data.campaign}</code>
            <Copy text={String(data.campaign)} name={w.facts.campaign} />
          </>,
        ],
        [w.sender, data.sender ?? '–'],
        data.tag !== null && [
          w.tag,
          <Link key="tag" to={`${base}/campaigns`} search={{ tag: data.tag } as never}>
            {data.tag}
          </Link>,
        ],
        [w.through, states.dialect[data.dialect]],
        data.user !== null && [w.facts.user, data.user],
        data.list !== null && [w.facts.list, data.list],
        [w.facts.purpose, states.purpose[data.purpose]],
        [w.facts.tier, states.tier[data.tier]],
        [w.facts.replies, data.withReplies ? common.yes : common.no],
        data.messageClass !== null && [
          w.facts.messageClass,
          data.messageClass === 0 ? w.facts.flash : String(data.messageClass),
        ],
        [w.recipients, format.number(data.messages)],
        data.skipped > 0 && [w.facts.skipped, format.number(data.skipped)],
        [w.facts.segments, format.number(data.segments)],
        [w.facts.price, <Money key="price" value={data.cost} />],
        [w.facts.accepted, <Time key="accepted" at={data.createdAt} exact />],
        [w.facts.requestedFor, <Time key="due" at={data.dueAt} exact />],
        data.lastDueAt !== null && [w.facts.lastDue, <Time key="last" at={data.lastDueAt} exact />],
        data.cancelledAt !== null && [
          w.facts.cancelledAt,
          <Time key="cancelled" at={data.cancelledAt} exact />,
        ],
        data.review !== null && [
          w.facts.review,
          `${w.facts.reviews[data.review.state]} (${data.review.cues.join(', ')})`,
        ],
        data.notes.length > 0 && [w.facts.notes, data.notes.join(', ')],
      ]}
    />
  );
}
