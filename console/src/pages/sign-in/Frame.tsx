// The frame of the pages before signing in. Used by SignIn, Enter, Invite. The picture is the line of towers, drawn here.
import type { ReactNode } from 'react';
import { Sign } from '../../parts/Sign.tsx';
import { useLanguage } from '../../words/words.ts';
import css from './sign-in.module.css';

/** Towers on their hills: x, height of the hill, scale, and the turn of the two arms in degrees. */
const towers = [
  [128, 566, 1.5, -50, 60],
  [300, 496, 1.1, 40, -35],
  [450, 452, 0.8, -120, 20],
  [566, 424, 0.58, 75, 130],
  [658, 404, 0.42, -30, -90],
  [734, 390, 0.31, 60, 30],
] as const;

function Towers() {
  return (
    <svg viewBox="0 0 800 900" preserveAspectRatio="xMidYMid slice" aria-hidden="true" fill="none">
      <path
        d={towers.map(([x, y, scale], index) => `${index === 0 ? 'M' : 'L'}${x} ${y - 118 * scale}`).join('')}
        stroke="#f0745c"
        strokeWidth="1.5"
        strokeDasharray="2 7"
        opacity="0.8"
      />
      <path d="M0 600 Q60 545 120 570 T260 508 T420 462 T545 430 T650 406 T800 380 V900 H0Z" fill="#0f1821" />
      {towers.map(([x, y, scale, leftArm, rightArm]) => (
        <g
          key={x}
          transform={`translate(${x} ${y}) scale(${scale})`}
          stroke="#f6f4ef"
          strokeWidth="4"
          strokeLinecap="round"
        >
          <path d="M-15 26-11-34h22l4 60z" fill="#233140" strokeLinejoin="round" />
          <path d="M0-36v-82M-34-126l68 16" />
          <path d="M-34-126v-26" transform={`rotate(${leftArm} -34 -126)`} />
          <path d="M34-110v-26" transform={`rotate(${rightArm} 34 -110)`} />
        </g>
      ))}
    </svg>
  );
}

export function Frame({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const { words, language, setLanguage } = useLanguage();
  return (
    <div className={css['frame']}>
      <main className={css['form']}>
        <div className={css['brand']}>
          <Sign size={26} />
          Chappe
        </div>
        <h1>{title}</h1>
        {children}
        <div className={css['languages']}>
          <button type="button" aria-pressed={language === 'en'} lang="en" onClick={() => setLanguage('en')}>
            English
          </button>
          <button type="button" aria-pressed={language === 'fr'} lang="fr" onClick={() => setLanguage('fr')}>
            Français
          </button>
        </div>
      </main>
      <div className={css['picture']}>
        <Towers />
        <div className={css['lead']}>{words.signIn.lead}</div>
      </div>
    </div>
  );
}
