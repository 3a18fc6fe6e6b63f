// The printed report of a campaign: A4, black on white, the same figures as the page, no links and no buttons. The browser makes
// a PDF of it. The address names the account in its query.
import { useQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import { query } from '../../api.ts';
import { ErrorBox, Loading } from '../../parts/Page.tsx';
import css from '../../parts/paper.module.css';
import { usePaper } from '../../parts/paper.ts';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { sentenceOf, titleOf } from './Campaign.tsx';
import { CampaignLine } from './CampaignLine.tsx';

import { ReportBlocks } from './Report.tsx';

export function PrintCampaign() {
  const words = useWords();
  const { campaigns: w, states } = words;
  const { campaign } = useParams({ strict: false }) as { campaign: string };
  const { account = '' } = useSearch({ strict: false }) as { account?: string };
  const args = { account, campaign: Number(campaign) };
  const page = useQuery(query('campaigns.read', args));
  const report = useQuery(query('campaigns.report', args));
  usePaper(`${w.report.printed} ${campaign}`);
  const failure = page.error ?? report.error;
  if (failure) return <ErrorBox error={failure} />;
  if (page.data === undefined || report.data === undefined) return <Loading rows={10} />;
  const data = page.data;
  return (
    <main className={css['paper']}>
      <header className={css['head']}>
        <div>
          <p className={css['kind']}>{w.report.printed}</p>
          <h1>{titleOf(data)}</h1>
          <p>
            {states.campaign[data.state]}. {sentenceOf(data, words)}
          </p>
        </div>
        <dl>
          <div>
            <dt>{w.facts.campaign}</dt>
            <dd>{data.campaign}</dd>
          </div>
          <div>
            <dt>{w.sender}</dt>
            <dd>{data.sender ?? '–'}</dd>
          </div>
          <div>
            <dt>{w.facts.accepted}</dt>
            <dd>{format.dateTime(data.createdAt)}</dd>
          </div>
          <div>
            <dt>{w.facts.purpose}</dt>
            <dd>{states.purpose[data.purpose]}</dd>
          </div>
        </dl>
      </header>
      <blockquote className={css['text']}>{data.text}</blockquote>
      <CampaignLine data={data} base={null} />
      <ReportBlocks report={report.data} campaign={data} base={null} />
      <footer className={css['foot']}>{w.report.asOf(format.exactTime(report.data.at))}</footer>
    </main>
  );
}
