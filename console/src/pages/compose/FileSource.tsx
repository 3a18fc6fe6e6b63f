// A file of recipients: chosen or dropped, read in a worker while it is uploaded, its columns mapped. Used by ToSection.tsx.
import { Button, Select, TextInput } from '@mantine/core';
import IconFileText from '@tabler/icons-react/icons/IconFileText';
import { useCallback, useEffect, useRef, useState } from 'react';
import { Alert } from '../../parts/Page.tsx';
import { useAccount } from '../../session.tsx';
import * as format from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import { Fault } from './CheckPanel.tsx';
import css from './compose.module.css';
import type { Check, ColumnUse, DraftFile } from './content.ts';
import type { SectionProps } from './FromSection.tsx';
import { type CsvReading, type Separator, slug } from './read-csv.ts';
import { type UploadState, useFileUpload } from './upload-file.ts';

export function FileSource({
  content,
  change,
  options,
  check,
}: SectionProps & { readonly check: Check | null }) {
  const { compose } = useWords();
  const w = compose.to;
  const [reading, setReading] = useState<CsvReading | null>(null);
  const onReady = useCallback(
    (file: DraftFile, read: CsvReading) => {
      setReading(read);
      change({ file, skipsRefused: false });
    },
    [change],
  );
  const { account } = useAccount();
  const { state, start, readAgain, cancel } = useFileUpload(account, onReady);
  const isRunning = state?.isRunning === true;
  useEffect(() => {
    if (!isRunning) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [isRunning]);
  const remove = () => {
    cancel();
    setReading(null);
    change({ file: null });
  };
  const { file } = content;
  return (
    <>
      {file === null && !isRunning ? (
        <DropZone onFile={(chosen) => void start(chosen)} maxBytes={options.maxFileBytes} />
      ) : null}
      {state !== null && (isRunning || state.fault !== null || state.error) ? (
        <Progress state={state} onCancel={cancel} />
      ) : null}
      {file === null ? null : (
        <>
          <div className="row">
            <IconFileText size={18} stroke={1.75} aria-hidden="true" />
            <strong>{file.name}</strong>
            <span className="soft">
              {format.bytes(file.sizeBytes)}
              {reading ? ` · ${w.rows(reading.rows - file.headerRows)} · ${reading.encoding}` : ''}
            </span>
            <Button variant="subtle" data-size="xs" onClick={remove}>
              {w.removeFile}
            </Button>
          </div>
          <Mapping
            file={file}
            first={reading?.first ?? samplesOf(check)}
            hasTitles={reading !== null}
            onChange={(next) => change({ file: next, skipsRefused: false })}
            onSeparator={reading === null ? null : (separator) => void readAgain(separator)}
          />
        </>
      )}
    </>
  );
}

/** After a reload, the checked rows stand for the file. */
const samplesOf = (check: Check | null): readonly (readonly string[])[] =>
  check === null
    ? []
    : [...check.samples.ready, ...check.samples.refused]
        .filter(({ source }) => source === 'file')
        .map(({ cells }) => cells);

function DropZone({
  onFile,
  maxBytes,
}: {
  readonly onFile: (file: File) => void;
  readonly maxBytes: number;
}) {
  const { compose } = useWords();
  const w = compose.to;
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the button is the first.
    <div
      className={css['drop']}
      data-over={isOver || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const [file] = event.dataTransfer.files;
        if (file) onFile(file);
      }}
    >
      <span>{w.drop}</span>
      <Button variant="default" onClick={() => input.current?.click()}>
        {w.choose}
      </Button>
      <span className="small faint">{w.formats(format.bytes(maxBytes))}</span>
      <input
        ref={input}
        type="file"
        accept=".csv,.tsv,.txt,text/csv,text/plain"
        aria-label={w.choose}
        className="hidden"
        tabIndex={-1}
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? [];
          if (file) onFile(file);
          event.currentTarget.value = '';
        }}
      />
    </div>
  );
}

function Progress({ state, onCancel }: { readonly state: UploadState; readonly onCancel: () => void }) {
  const { compose, common } = useWords();
  const w = compose.to;
  if (state.fault !== null) return <Alert tone="bad" title={compose.faults[state.fault] ?? state.fault} />;
  if (state.error) return <Fault error={state.error} onRetry={onCancel} />;
  const { sentBytes, sizeBytes, reading } = state;
  return (
    <div className={css['upload']} role="status">
      <strong>{state.name}</strong>
      <progress value={sentBytes} max={Math.max(1, sizeBytes)} aria-label={w.uploading('', '')} />
      <span className="soft">
        {w.uploading(format.bytes(sentBytes), format.bytes(sizeBytes))}
        {reading ? ` · ${w.rows(reading.rows)}` : ` · ${w.reading}`}
      </span>
      <Button variant="default" onClick={onCancel}>
        {common.cancel}
      </Button>
    </div>
  );
}

interface MappingProps {
  readonly file: DraftFile;
  /** The first rows, with titles and header if `hasTitles`. */
  readonly first: readonly (readonly string[])[];
  readonly hasTitles: boolean;
  readonly onChange: (file: DraftFile) => void;
  readonly onSeparator: ((separator: Separator) => void) | null;
}

const samples = 3;

function Mapping({ file, first, hasTitles, onChange, onSeparator }: MappingProps) {
  const { compose } = useWords();
  const w = compose.to;
  const rows = hasTitles ? first.slice(file.headerRows) : first;
  const setUse = (at: number, use: ColumnUse) =>
    onChange({ ...file, columns: file.columns.map((before, index) => (index === at ? use : before)) });
  const setHeaderRows = (headerRows: number) =>
    onChange({ ...file, headerRows, header: headerRows === 0 ? [] : [...(first[headerRows - 1] ?? [])] });
  return (
    <>
      <div className={css['fields']}>
        {onSeparator ? (
          <Select
            label={w.separator}
            allowDeselect={false}
            value={file.separator}
            onChange={(value) => value && onSeparator(value as Separator)}
            data={Object.entries(w.separators).map(([value, label]) => ({ value, label }))}
          />
        ) : null}
        {hasTitles ? (
          <Select
            label={w.header}
            allowDeselect={false}
            value={String(file.headerRows)}
            onChange={(value) => value && setHeaderRows(Number(value))}
            data={Array.from({ length: Math.min(7, first.length) }, (_, at) => ({
              value: String(at),
              label: format.number(at + 1),
            }))}
          />
        ) : null}
        <TextInput
          label={w.country}
          description={w.countryHint}
          maxLength={2}
          value={file.country ?? ''}
          onChange={(event) => {
            const country = event.currentTarget.value.toUpperCase();
            onChange({ ...file, country: /^[A-Z]{2}$/.test(country) ? country : null });
          }}
        />
      </div>
      <div className={css['scroll']}>
        <table className={css['mapping']}>
          <caption className="hidden">{w.columns}</caption>
          <thead>
            <tr>
              {file.columns.map((use, at) => {
                const name = file.header[at] || w.columnOf(at + 1);
                return (
                  // biome-ignore lint/suspicious/noArrayIndexKey: columns are their positions.
                  <th key={at} scope="col">
                    <div className={css['columnName']}>{name}</div>
                    <Select
                      aria-label={w.use(name)}
                      allowDeselect={false}
                      value={use.role}
                      onChange={(role) => role && setUse(at, columnUseOf(role as ColumnUse['role'], name))}
                      data={[
                        { value: 'number', label: w.role.number },
                        { value: 'field', label: w.role.field },
                        { value: 'ignore', label: w.role.ignore },
                      ]}
                    />
                    {use.role === 'field' ? (
                      <TextInput
                        aria-label={w.fieldName(name)}
                        value={use.name}
                        maxLength={40}
                        leftSection={<span aria-hidden="true">{'{'}</span>}
                        rightSection={<span aria-hidden="true">{'}'}</span>}
                        onChange={(event) => setUse(at, { role: 'field', name: event.currentTarget.value })}
                      />
                    ) : null}
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, samples).map((row, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: samples are their positions.
              <tr key={index}>
                {file.columns.map((use, at) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: as above.
                  <td key={at} data-role={use.role}>
                    {row[at] ?? ''}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function columnUseOf(role: ColumnUse['role'], name: string): ColumnUse {
  return role === 'field' ? { role, name: slug(name) || 'field' } : { role };
}
