// Reads a chosen file in a worker and uploads it meanwhile. Used by FileSource.tsx.
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import { addressOf, upload } from '../../api.ts';
import type { DraftFile } from './content.ts';
import type { CsvRequest } from './csv-worker.ts';
import type { CsvReading, Separator } from './read-csv.ts';

export interface UploadState {
  readonly name: string;
  readonly sizeBytes: number;
  readonly sentBytes: number;
  readonly reading: CsvReading | null;
  /** A word of `compose.faults`. */
  readonly fault: string | null;
  readonly error: unknown;
  readonly isRunning: boolean;
}

function readInWorker(request: CsvRequest, signal: AbortSignal): Promise<CsvReading> {
  const worker = new Worker(new URL('./csv-worker.ts', import.meta.url), { type: 'module' });
  return new Promise<CsvReading>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<{ reading?: CsvReading; fault?: string }>) =>
      data.reading ? resolve(data.reading) : reject(new Fault(data.fault ?? 'file-unreadable'));
    worker.onerror = () => reject(new Fault('file-unreadable'));
    signal.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
    worker.postMessage(request);
  }).finally(() => worker.terminate());
}

class Fault extends Error {}

export function useFileUpload(account: string, onReady: (file: DraftFile, reading: CsvReading) => void) {
  const [state, setState] = useState<UploadState | null>(null);
  const source = useRef<{ file: File; document: string } | null>(null);
  const abort = useRef<AbortController | null>(null);

  const start = useCallback(
    async (file: File) => {
      abort.current?.abort();
      const controller = new AbortController();
      abort.current = controller;
      const { signal } = controller;
      const begun = { name: file.name, sizeBytes: file.size, sentBytes: 0 };
      setState({ ...begun, reading: null, fault: null, error: null, isRunning: true });
      const patch = (change: Partial<UploadState>) =>
        setState((before) => (signal.aborted || before === null ? before : { ...before, ...change }));
      try {
        const reading = readInWorker({ file, separator: null }, signal).then((read) => {
          patch({ reading: read });
          return read;
        });
        const { url } = addressOf('compose.upload', { account, name: file.name.slice(0, 255) });
        const stored = upload(url, file, {
          signal,
          type: 'application/octet-stream',
          onProgress: (sentBytes) => patch({ sentBytes }),
        }) as Promise<Answer<'compose.upload'>>;
        const [read, { document }] = await Promise.all([reading, stored]);
        source.current = { file, document };
        patch({ isRunning: false });
        onReady(draftFile(file, document, read), read);
      } catch (error) {
        controller.abort();
        if (abort.current !== controller) return;
        const isAborted = error instanceof DOMException && error.name === 'AbortError';
        setState((before) =>
          isAborted || before === null
            ? null
            : {
                ...before,
                isRunning: false,
                fault: error instanceof Fault ? error.message : null,
                error: error instanceof Fault ? null : error,
              },
        );
      }
    },
    [account, onReady],
  );

  /** Reads the same file with another separator. */
  const readAgain = useCallback(
    async (separator: Separator) => {
      const chosen = source.current;
      if (chosen === null) return;
      const signal = new AbortController().signal;
      const reading = await readInWorker({ file: chosen.file, separator }, signal).catch(() => null);
      if (reading === null) return;
      setState((before) => before && { ...before, reading });
      onReady({ ...draftFile(chosen.file, chosen.document, reading), separator }, reading);
    },
    [onReady],
  );

  const cancel = useCallback(() => {
    abort.current?.abort();
    setState(null);
  }, []);

  useEffect(() => () => abort.current?.abort(), []);
  return { state, start, readAgain, cancel };
}

function draftFile(
  { name, size }: File,
  document: string,
  { separator, headerRows, header, columns }: CsvReading,
): DraftFile {
  return {
    document,
    name: name.slice(0, 255),
    sizeBytes: size,
    separator,
    headerRows,
    header: [...header],
    columns: [...columns],
    country: null,
  };
}
