// Calls of the composer: drafts, the check of recipients, the preview, the estimate and the sending. Part of contract.ts.

import { Type } from 'typebox';
import {
  calls,
  file,
  instant,
  language,
  money,
  ofAccount,
  oneOf,
  optional,
  orNull,
  purpose,
  rowId,
  strict,
  tier,
} from './schemas.ts';

const uuid = Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' });
const ofDraft = { ...ofAccount, draft: uuid };
const counts = Type.Record(Type.String(), Type.Integer());
const words = (maxLength: number) => Type.String({ maxLength });
const country = Type.String({ pattern: '^[A-Z]{2}$' });

const columnUse = Type.Union([
  strict({ role: Type.Literal('number') }),
  strict({ role: Type.Literal('field'), name: words(40) }),
  strict({ role: Type.Literal('ignore') }),
]);

const composedFile = strict({
  /** The id that the upload answered. */
  document: uuid,
  name: words(255),
  sizeBytes: Type.Integer({ minimum: 0 }),
  /** Null: found by the server. */
  separator: orNull(oneOf(';', ',', '\t', '|')),
  /** Rows above the first recipient: titles and the header. */
  headerRows: Type.Integer({ minimum: 0, maximum: 20 }),
  header: Type.Array(words(200), { maxItems: 200 }),
  columns: Type.Array(columnUse, { maxItems: 200 }),
  /** Of national numbers; null: that of the account. */
  country: orNull(country),
});

const group = strict({ kind: oneOf('list', 'tag'), name: words(200) });

const content = strict({
  name: orNull(words(100)),
  /** Null: the default sender. */
  sender: orNull(words(20)),
  purpose,
  tier,
  withReplies: Type.Boolean(),
  typed: words(400_000),
  groups: Type.Array(group, { maxItems: 50 }),
  file: orNull(composedFile),
  /** Refused rows are left out, as the member said. */
  skipsRefused: Type.Boolean(),
  text: words(5_000),
  /** Null: now. */
  sendAt: orNull(Type.String({ maxLength: 35 })),
  validityMinutes: orNull(Type.Integer({ minimum: 5, maximum: 10_080 })),
  tag: orNull(words(100)),
});

/** By a second member. `estimate` is the one that was looked at. */
const approval = Type.Object({
  state: oneOf('waiting', 'approved', 'refused'),
  estimate: uuid,
  /** Such as `member:anna@example.com`; likewise `decidedBy`. */
  askedBy: Type.String(),
  askedAt: instant,
  question: Type.String(),
  decidedBy: orNull(Type.String()),
  decidedAt: orNull(instant),
  note: Type.String(),
});

const draft = Type.Object({
  draft: uuid,
  version: Type.Integer(),
  content,
  /** Such as `member:anna@example.com`. */
  changedBy: Type.String(),
  changedAt: instant,
  /** The campaign of a sent draft. */
  campaign: orNull(rowId),
  /** Null: nobody asked for one. While it waits and when it is given, the content does not change. */
  approval: orNull(approval),
});

const rowKind = oneOf('ready', 'opted-out', 'duplicate', 'refused');
const rowSource = oneOf('typed', 'contacts', 'file');

const checkedRow = Type.Object({
  source: rowSource,
  /** In the file, or in the typed text. */
  line: Type.Integer(),
  number: Type.String(),
  cells: Type.Array(Type.String()),
  reason: orNull(Type.String()),
});

const samples = Type.Array(checkedRow);

const countrySums = Type.Object({
  country: Type.String(),
  messages: Type.Integer(),
  segments: Type.Integer(),
  cost: money,
  /** Of one segment. */
  price: money,
  /** Null: at once. */
  leavesAt: orNull(instant),
  timeZones: Type.Array(Type.String()),
});

const estimate = Type.Object({
  estimate: uuid,
  version: Type.Integer(),
  messages: Type.Integer(),
  segments: Type.Integer(),
  cost: money,
  available: money,
  countries: Type.Array(countrySums),
  /** Number of segments to messages. */
  bySegments: counts,
  byEncoding: Type.Object({ gsm7: Type.Integer(), ucs2: Type.Integer() }),
  /** Recipients without a message, by reason; those that opted out among them. */
  failures: counts,
  /** Rows whose number cannot be sent to, by reason. */
  refused: counts,
  duplicates: Type.Integer(),
  sender: orNull(Type.String()),
  /** With the STOP mention; merge fields are not replaced. */
  text: Type.String(),
  /** `held`: the operator decides before it leaves. */
  review: orNull(oneOf('noted', 'held')),
  cues: Type.Array(Type.String()),
  notes: Type.Array(Type.String()),
  expiresAt: instant,
});

/** A value that moved; numbers, money or instants by the kind. */
const difference = Type.Object({
  kind: oneOf('messages', 'segments', 'opted-out', 'refused', 'cost', 'price', 'leaves', 'sender'),
  country: optional(Type.String()),
  before: orNull(Type.Union([Type.Integer(), Type.String()])),
  after: orNull(Type.Union([Type.Integer(), Type.String()])),
});

const previewed = Type.Object({
  /** From 1, among all rows. */
  position: Type.Integer(),
  source: rowSource,
  line: Type.Integer(),
  number: Type.String(),
  values: Type.Record(Type.String(), Type.String()),
});

const base = '/console/api/accounts/:account/compose';

export const composeCalls = calls({
  'compose.options': {
    method: 'GET',
    path: `${base}/options`,
    parameters: strict(ofAccount),
    answer: Type.Object({
      senders: Type.Array(
        Type.Object({
          name: Type.String(),
          kind: oneOf('name', 'number', 'short-code', 'own-number'),
          status: oneOf('enabled', 'waiting', 'disabled', 'refused'),
        }),
      ),
      defaultSender: orNull(Type.String()),
      defaultCountry: orNull(Type.String()),
      /** Price of a segment to the default country, or to France; null: not served. */
      tiers: Type.Array(Type.Object({ tier, price: orNull(money) })),
      purposeGuard: oneOf('note', 'hold', 'refuse'),
      /** Transactional messages skip opt-outs too. */
      skipsOptOutsAlways: Type.Boolean(),
      /** Appended to a marketing text for these countries, unless the text matches a pattern. */
      stop: Type.Object({
        clause: Type.String(),
        countries: Type.Array(Type.String()),
        patterns: Type.Array(Type.Object({ source: Type.String(), flags: Type.String() })),
      }),
      /** Septets of a part of a long text. */
      charsPerSegment: oneOfNumbers(153, 137),
      maxSegments: Type.Integer(),
      canReply: Type.Boolean(),
      maxFileBytes: Type.Integer(),
      validityMinutes: Type.Integer(),
      groups: Type.Array(group),
      available: money,
      /** Campaigns with more messages need another member's approval; null: none does. */
      approveAbove: orNull(Type.Integer()),
      /** Other members who could give it. */
      deciders: Type.Integer(),
    }),
    permission: 'compositions.read',
    audited: false,
  },
  'compose.list': {
    method: 'GET',
    path: `${base}/drafts`,
    parameters: strict(ofAccount),
    answer: Type.Object({ rows: Type.Array(draft) }),
    permission: 'compositions.read',
    audited: false,
  },
  'compose.create': {
    method: 'POST',
    path: `${base}/drafts`,
    parameters: strict(ofAccount),
    body: strict({ content }),
    answer: draft,
    permission: 'compositions.write',
    audited: false,
  },
  'compose.read': {
    method: 'GET',
    path: `${base}/drafts/:draft`,
    parameters: strict(ofDraft),
    answer: draft,
    permission: 'compositions.read',
    audited: false,
  },
  /** 409 `conflict`: another member saved or sent the draft since this version. */
  'compose.save': {
    method: 'PUT',
    path: `${base}/drafts/:draft`,
    parameters: strict(ofDraft),
    body: strict({ version: Type.Integer(), content }),
    answer: Type.Object({ version: Type.Integer() }),
    permission: 'compositions.write',
    audited: false,
  },
  'compose.remove': {
    method: 'DELETE',
    path: `${base}/drafts/:draft`,
    parameters: strict(ofDraft),
    answer: Type.Object({}),
    permission: 'compositions.write',
    audited: false,
  },
  /** The body is the file (`application/octet-stream`), streamed. */
  'compose.upload': {
    method: 'POST',
    path: `${base}/uploads`,
    parameters: strict({ ...ofAccount, name: words(255) }),
    takesFile: true,
    answer: Type.Object({ document: uuid, sizeBytes: Type.Integer() }),
    permission: 'documents.write',
    audited: false,
  },
  'compose.check': {
    method: 'GET',
    path: `${base}/drafts/:draft/check`,
    parameters: strict(ofDraft),
    answer: Type.Object({
      rows: Type.Integer(),
      ready: Type.Integer(),
      optedOut: Type.Integer(),
      duplicates: Type.Integer(),
      refused: Type.Integer(),
      reasons: counts,
      /** Of the ready rows. */
      countries: counts,
      /** The first rows of each kind. */
      samples: Type.Object({ ready: samples, 'opted-out': samples, duplicate: samples, refused: samples }),
    }),
    permission: 'compositions.read',
    audited: false,
  },
  /** CSV of the rows of one kind: their columns, the row in the file and the reason. */
  'compose.downloadRows': {
    method: 'GET',
    path: `${base}/drafts/:draft/rows.csv`,
    parameters: strict({ ...ofDraft, kind: rowKind, language: optional(language) }),
    answer: file,
    permission: 'compositions.read',
    audited: false,
  },
  'compose.preview': {
    method: 'GET',
    path: `${base}/drafts/:draft/preview`,
    parameters: strict({
      ...ofDraft,
      which: oneOf('first', 'longest', 'shortest', 'empty', 'row'),
      position: optional(Type.Integer({ minimum: 1 })),
    }),
    /** Null: there is no such row. */
    answer: Type.Object({ row: orNull(previewed) }),
    permission: 'compositions.read',
    audited: false,
  },
  'compose.estimate': {
    method: 'POST',
    path: `${base}/drafts/:draft/estimates`,
    parameters: strict(ofDraft),
    body: strict({}),
    answer: estimate,
    permission: 'compositions.write',
    audited: false,
  },
  /** Sends exactly the estimate, or nothing. A draft is sent once: a repetition answers the campaign of the first call. */
  'compose.send': {
    method: 'POST',
    path: `${base}/drafts/:draft/send`,
    parameters: strict(ofDraft),
    body: strict({ estimate: uuid }),
    answer: Type.Object({
      /** `changed`, `expired`: estimate again. `approval-missing`: ask for the approval of this estimate. */
      state: oneOf('sent', 'moved', 'changed', 'expired', 'approval-missing'),
      campaign: orNull(rowId),
      differences: Type.Array(difference),
      /** The new estimate of a draft that moved. */
      estimate: orNull(estimate),
      /** The new estimate needs no approval, or no other than the one that was given. */
      maySend: Type.Boolean(),
    }),
    permission: 'compositions.send',
    audited: true,
  },
  /** A new draft from a campaign: with all its recipients, or with those that it did not reach. */
  'campaigns.copy': {
    method: 'POST',
    path: '/console/api/accounts/:account/campaigns/:campaign/copies',
    parameters: strict({ ...ofAccount, campaign: rowId }),
    body: strict({
      /** Null: all recipients. Otherwise those with these statuses, without opt-outs and lasting failures. */
      statuses: orNull(
        Type.Array(oneOf('undelivered', 'expired', 'rejected', 'unknown', 'cancelled'), {
          minItems: 1,
          maxItems: 5,
        }),
      ),
    }),
    answer: Type.Object({
      draft: uuid,
      recipients: Type.Integer(),
      leftOut: Type.Object({ optedOut: Type.Integer(), lasting: Type.Integer() }),
    }),
    permission: 'compositions.write',
    audited: false,
  },
  /** Adds the recipients to a contact list, which is created if necessary. */
  'campaigns.keepAsList': {
    method: 'POST',
    path: '/console/api/accounts/:account/campaigns/:campaign/list',
    parameters: strict({ ...ofAccount, campaign: rowId }),
    body: strict({ list: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' }) }),
    answer: Type.Object({ recipients: Type.Integer() }),
    permission: 'compositions.write',
    audited: true,
  },
  'approvals.list': {
    method: 'GET',
    path: '/console/api/accounts/:account/approvals',
    parameters: strict(ofAccount),
    answer: Type.Object({
      rows: Type.Array(
        Type.Object({
          draft: uuid,
          title: Type.String(),
          messages: Type.Integer(),
          cost: money,
          approval,
          /** The reader asked. */
          isOwn: Type.Boolean(),
        }),
      ),
    }),
    permission: 'compositions.read',
    audited: false,
  },
  'approvals.read': {
    method: 'GET',
    path: `${base}/drafts/:draft/approval`,
    parameters: strict(ofDraft),
    answer: Type.Object({ approval, isOwn: Type.Boolean(), estimate }),
    permission: 'compositions.read',
    audited: false,
  },
  /** 409 `conflict`: the draft was changed or sent, or an approval waits. */
  'approvals.ask': {
    method: 'POST',
    path: `${base}/drafts/:draft/approval`,
    parameters: strict(ofDraft),
    body: strict({ estimate: uuid, question: words(500) }),
    answer: Type.Object({}),
    permission: 'compositions.send',
    audited: true,
  },
  /** 409 `conflict`: another member decided, or the question is the caller's own (`fields.approval`: `own`). */
  'approvals.decide': {
    method: 'POST',
    path: `${base}/drafts/:draft/approval/decision`,
    parameters: strict(ofDraft),
    body: strict({ estimate: uuid, approves: Type.Boolean(), note: words(500) }),
    answer: Type.Object({}),
    permission: 'compositions.approve',
    audited: true,
  },
  'approvals.withdraw': {
    method: 'DELETE',
    path: `${base}/drafts/:draft/approval`,
    parameters: strict(ofDraft),
    answer: Type.Object({}),
    permission: 'compositions.write',
    audited: true,
  },
  'compose.test': {
    method: 'POST',
    path: `${base}/drafts/:draft/test`,
    parameters: strict(ofDraft),
    body: strict({
      number: Type.String({ minLength: 1, maxLength: 40 }),
      values: Type.Record(words(40), words(1600)),
      /** A new one for each test: a repetition of the call sends once. */
      requestKey: uuid,
    }),
    answer: Type.Object({
      campaign: orNull(rowId),
      message: orNull(rowId),
      segments: Type.Integer(),
      cost: money,
    }),
    permission: 'compositions.send',
    audited: false,
  },
});

function oneOfNumbers<const Values extends readonly number[]>(...values: Values) {
  return Type.Unsafe<Values[number]>(Type.Enum([...values]));
}
