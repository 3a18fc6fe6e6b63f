// The three steps of a new account, drawn as a line with stations. Each ticks itself off by the facts of the server.
import { Button } from '@mantine/core';
import IconCheck from '@tabler/icons-react/icons/IconCheck';
import { useNavigate } from '@tanstack/react-router';
import { Section } from '../../parts/Page.tsx';
import { useSession } from '../../session.tsx';
import { useWords } from '../../words/words.ts';
import css from './home.module.css';

interface FirstStepsProps {
  readonly steps: { readonly hasSent: boolean; readonly hasKey: boolean; readonly hasCallback: boolean };
  readonly base: string;
}

export function FirstSteps({ steps, base }: FirstStepsProps) {
  const { home: w } = useWords();
  const { installation } = useSession();
  const navigate = useNavigate();
  const go = (to: string) => () => void navigate({ to });
  const rows = [
    installation.hasPhone
      ? { title: w.step1, text: w.step1Text, isDone: steps.hasSent, action: w.openPhone, act: go('/phone') }
      : {
          title: w.step1NoPhone,
          text: w.step1NoPhoneText,
          isDone: steps.hasSent,
          action: w.newKey,
          act: go(`${base}/developers/keys`),
        },
    {
      title: w.step2,
      text: w.step2Text,
      isDone: steps.hasKey,
      action: w.newKey,
      act: go(`${base}/developers/keys?new=1`),
    },
    {
      title: w.step3,
      text: w.step3Text,
      isDone: steps.hasCallback,
      action: w.setCallback,
      act: go(`${base}/developers/callbacks`),
    },
  ];
  return (
    <Section title={w.stepsTitle}>
      <p className="soft">{w.stepsLead}</p>
      <ol className={css['steps']}>
        {rows.map(({ title, text, isDone, action, act }, index) => (
          <li key={title} className={css['step']} data-done={isDone || undefined}>
            <div className={css['stationRow']} aria-hidden="true">
              <span className={css['stationMark']}>
                {isDone ? <IconCheck size={16} stroke={2.5} /> : index + 1}
              </span>
              <span className={css['wire']} />
            </div>
            <h3>
              {title}
              {isDone ? <span className="hidden"> ({w.stepDone})</span> : null}
            </h3>
            <p className="soft">{text}</p>
            <Button
              variant={
                isDone ? 'default' : index === rows.findIndex((row) => !row.isDone) ? 'filled' : 'default'
              }
              onClick={act}
            >
              {action}
            </Button>
          </li>
        ))}
      </ol>
    </Section>
  );
}
