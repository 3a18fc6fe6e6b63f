// The worker that reads a file of recipients, so that the page never waits. Used by use-csv.ts.
import { CsvFault, readCsv, type Separator } from './read-csv.ts';

export interface CsvRequest {
  readonly file: Blob;
  readonly separator: Separator | null;
}

self.addEventListener('message', (event: MessageEvent<CsvRequest>) => {
  readCsv(event.data.file, event.data.separator).then(
    (reading) => self.postMessage({ reading }),
    (error: unknown) =>
      self.postMessage({ fault: error instanceof CsvFault ? error.message : 'file-unreadable' }),
  );
});
