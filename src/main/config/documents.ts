// Settings of files: uploaded documents, exports, lists that are fetched.
import { wholeNumber, yesOrNo } from './setting.ts';

export const documentSettings = {
  documentMegabytes: wholeNumber(
    'CHAPPE_DOCUMENT_MEGABYTES',
    50,
    [1, 2_000],
    'Megabytes of the largest file that a customer may upload, and of the largest list that is fetched from a customer address.',
  ),
  documentAccountMegabytes: wholeNumber(
    'CHAPPE_DOCUMENT_ACCOUNT_MEGABYTES',
    1_000,
    [1, 1_000_000],
    'Megabytes of all files of one account: documents, exports, lists in slots. Beyond, uploads are refused until the customer deletes some.',
  ),
  documentTotalMegabytes: wholeNumber(
    'CHAPPE_DOCUMENT_TOTAL_MEGABYTES',
    20_000,
    [1, 100_000_000],
    'Megabytes of the files of all accounts, which are stored in the database. Beyond, uploads are refused.',
  ),
  documentDays: wholeNumber(
    'CHAPPE_DOCUMENT_DAYS',
    30,
    [1, 366],
    'Days that an uploaded or exported file is kept unless the customer sets another time.',
  ),
  downloadSeconds: wholeNumber(
    'CHAPPE_DOWNLOAD_TIMEOUT',
    60,
    [1, 600],
    'Seconds for the whole download of a list from a customer address.',
  ),
  allowPrivateDownloads: yesOrNo(
    'CHAPPE_ALLOW_PRIVATE_DOWNLOADS',
    false,
    'Whether lists may be fetched from private addresses, of this machine or its network. Customers read the fetched content: allow it only if every customer may read the answers of these addresses.',
  ),
};
