// The preview of the text on a phone and its figures, beside the sections; a bar that opens on a phone. Used by Composer.tsx.
import { Button } from '@mantine/core';
import IconChevronLeft from '@tabler/icons-react/icons/IconChevronLeft';
import IconChevronRight from '@tabler/icons-react/icons/IconChevronRight';
import { Bubble, PhonePreview } from '../../parts/PhonePreview.tsx';
import { measureText } from '../../parts/text-measure.ts';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import css from './compose.module.css';
import type { Check, Content, Options } from './content.ts';
import { mergedText } from './merge.ts';
import type { Preview } from './use-preview.ts';

interface AsideProps {
  readonly content: Content;
  readonly tail: string;
  readonly check: Check | null;
  readonly options: Options;
  readonly preview: Preview;
}

const choices = ['first', 'longest', 'shortest', 'empty'] as const;

export function Aside({ content, tail, check, options, preview }: AsideProps) {
  const { compose } = useWords();
  const w = compose.text;
  const { row } = preview;
  const text = row ? mergedText(content.text, row.values) : content.text;
  const { segments } = measureText(text + tail, options.charsPerSegment);
  return (
    <aside className={css['aside']} aria-label={w.preview}>
      <details open className={css['fold']}>
        <summary className={css['bar']}>
          <span>{compose.aside.open}</span>
          <span>
            {compose.segments(content.text === '' ? 0 : segments)}
            {check ? ` · ${compose.recipients(check.ready)}` : ''}
          </span>
        </summary>
        <div className={css['asideBody']}>
          <PhonePreview sender={content.sender ?? options.defaultSender ?? '—'}>
            {content.text === '' ? (
              <span className="faint">{w.textHere}</span>
            ) : (
              <Bubble text={text} tail={tail} />
            )}
          </PhonePreview>
          {row === null && !preview.isMissing ? null : <Stepper preview={preview} />}
          <dl className={css['asideFacts']}>
            <dt>{compose.aside.perMessage}</dt>
            <dd>{format.number(content.text === '' ? 0 : segments)}</dd>
            <dt>{compose.aside.ready}</dt>
            <dd>{check ? format.number(check.ready) : '—'}</dd>
          </dl>
        </div>
      </details>
    </aside>
  );
}

function Stepper({ preview }: { readonly preview: Preview }) {
  const { compose } = useWords();
  const w = compose.text;
  const { row, which, choose, isMissing } = preview;
  const position = row?.position ?? 1;
  return (
    <div className={css['stepper']}>
      <div className="row">
        <Button
          variant="default"
          data-size="xs"
          aria-label={w.previousRecipient}
          disabled={position <= 1}
          onClick={() => choose('row', position - 1)}
        >
          <IconChevronLeft size={16} stroke={1.75} />
        </Button>
        <Button
          variant="default"
          data-size="xs"
          aria-label={w.nextRecipient}
          onClick={() => choose('row', position + 1)}
        >
          <IconChevronRight size={16} stroke={1.75} />
        </Button>
        <span className="small" aria-live="polite">
          {isMissing ? w.noSuchRow : w.previewOf(position)}
          {row?.source === 'file' ? `, ${w.inRow(row.line)}` : ''}
        </span>
      </div>
      <div className={css['chips']}>
        {choices.map((name) => (
          <button
            key={name}
            type="button"
            className={css['chip']}
            aria-pressed={which === name}
            onClick={() => choose(name)}
          >
            {w.which[name]}
          </button>
        ))}
      </div>
    </div>
  );
}
