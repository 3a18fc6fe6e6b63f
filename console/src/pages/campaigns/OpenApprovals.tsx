// Campaigns that wait for a second member, or have the answer and are not sent. Used by Campaigns.tsx, above its list.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { query } from '../../api.ts';
import { Section } from '../../parts/Page.tsx';
import { Chip } from '../../parts/StatusChip.tsx';
import { useAccount } from '../../session.tsx';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { actorName } from './CampaignLine.tsx';
import css from './campaigns.module.css';

const tones = { waiting: 'waits', approved: 'good', refused: 'bad' } as const;
const readAgainMs = 15_000;

export function OpenApprovals() {
  const { account, base } = useAccount();
  const { approvals: w } = useWords();
  const { data } = useQuery({ ...query('approvals.list', { account }), refetchInterval: readAgainMs });
  if (data === undefined || data.rows.length === 0) return null;
  return (
    <Section title={w.waitingList}>
      <ul className={css['approvals']}>
        {data.rows.map(({ draft, title, messages, cost, approval }) => (
          <li key={draft}>
            <Chip tone={tones[approval.state]}>{w.states[approval.state]}</Chip>
            <Link to={`${base}/compose/${draft}`} className={css['name']!}>
              {w.campaignOf(title)}
            </Link>
            <span>{w.facts(messages, format.money(cost))}</span>
            <span className="faint small">
              {w.askedBy(actorName(approval.askedBy), format.dateTime(approval.askedAt))}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
