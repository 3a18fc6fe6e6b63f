// The services of OVH's dialects, in addition to those of every dialect (dialects/shared/dialect.ts), one for each subject. Used by
// the calls; main connects them to the operations.

import type { SenderFacts } from '#dialects/ovh/sending.ts';
import type { ListReport, ListSubmission } from '#domain/acceptance/list-submission.ts';
import type { Account } from '#domain/account/account.ts';
import type { ReviewStatus, Sender, SenderDocument } from '#domain/account/sender.ts';
import type { MessageTemplate } from '#domain/campaign/message-template.ts';
import type { HistoryFilter, OptOut, ReceivedReply, SentMessage } from '#domain/delivery/history.ts';
import type { OrderedLookup } from '#domain/delivery/lookup.ts';
import type { PriceList } from '#domain/money/orders.ts';
import type { AssignedNumber } from '#domain/plan/reply-numbers.ts';
import type { RecipientSlot, SlotKey } from '#domain/recipients/recipient-slot.ts';
import type { SlotCleaning } from '#domain/recipients/slot-cleaning.ts';
import type { ParametersChange } from '#operations/account/accounts/parameters.ts';
import type { AccountRecord } from '#operations/account/accounts/record.ts';
import type { Consumer } from '#operations/account/credentials/consumer-keys.ts';
import type { readKnownApplication } from '#operations/account/ovh-keys/applications.ts';
import type { KeyOrder, requestConsumerKey } from '#operations/account/ovh-keys/key-requests.ts';
import type { SendCode, SenderOrder, SenderVerdict } from '#operations/account/senders.ts';
import type { TemplateChange, TemplateOrder, TemplateVerdict } from '#operations/account/templates.ts';
import type { UserOrder, UserWithUrls } from '#operations/account/users.ts';
import type { Documents } from '#operations/audience/documents.ts';
import type { Phonebooks } from '#operations/audience/phonebooks.ts';
import type { Slots } from '#operations/audience/recipient-slots.ts';
import type { CleaningOrder, OrderedCleaning } from '#operations/audience/slot-cleanings.ts';
import type { Orders } from '#operations/money/orders.ts';
import type { Exports } from '#operations/reading/exports/service.ts';
import type { LookupReport } from '#operations/reading/number-lookups/lookup-orders.ts';
import type { Batches } from '#operations/sending/batches/service.ts';
import type { ListSource } from './recipient-list-source.ts';

export interface OvhDesks {
  readonly consumers: ConsumerDesk;
  readonly keys: KeyDesk;
  readonly accounts: AccountDesk;
  readonly users: UserDesk;
  readonly senders: SenderDesk;
  readonly templates: TemplateDesk;
  readonly documents: Documents;
  readonly lists: ListDesk;
  readonly cleanings: CleaningDesk;
  readonly phonebooks: Phonebooks;
  readonly sending: SendingDesk;
  readonly batches: BatchDesk;
  readonly rates: RateDesk;
  readonly orders: OrderDesk;
  readonly history: HistoryDesk;
  readonly optOuts: OptOutDesk;
  readonly lookups: LookupDesk;
  readonly exports: Pick<Exports, 'order'>;
}

export interface ConsumerDesk {
  find(applicationKey: string, consumerKey: string): Consumer | null | Promise<Consumer | null>;
  noteUse(key: NonNullable<Consumer['key']>): void;
}

export type ConsumerKey = NonNullable<Consumer['key']>;
export type Application = NonNullable<Awaited<ReturnType<typeof readKnownApplication>>>;

/** Keys: requested by applications, created and validated by customers. */
export interface KeyDesk {
  request(applicationKey: string, order: KeyOrder): ReturnType<typeof requestConsumerKey>;
  listApplications(account: Account): Promise<readonly number[]>;
  readApplication(account: Account, id: number): Promise<Application | null>;
  /** False, here and below: no such id in the account. */
  dropApplication(account: Account, id: number): Promise<boolean>;
  list(account: Account): Promise<readonly ConsumerKey[]>;
  read(account: Account, id: number): Promise<ConsumerKey | null>;
  restrict(account: Account, id: number, allowedIps: readonly string[]): Promise<boolean>;
  drop(account: Account, id: number): Promise<boolean>;
  end(id: number): Promise<void>;
}

export interface ContactPerson {
  readonly firstName: string;
  readonly lastName: string;
  readonly company: string;
}

export interface AccountDesk {
  /** Null: no such name. */
  byName(serviceName: string): Account | null | Promise<Account | null>;
  /** Accounts of a customer: the main account and its sub-accounts. */
  listOf(customer: Account): Promise<readonly Account[]>;
  /** The current state. */
  read(account: Account): Promise<AccountRecord>;
  edit(account: Account, change: ParametersChange): Promise<void>;
  createdAtMs(account: Account): Promise<number>;
  /** The contact of the account; members without a value are empty. */
  personOf(account: Account): Promise<ContactPerson>;
  /** The account's price of a credit, in micros of a euro. */
  creditPriceMicros(account: Account): bigint;
  /** Transfers immediately. Throws RefusedError `transfer-recipient-blocked`, `transfer-open`, `credit-insufficient`. */
  moveCredit(from: Account, to: Account, amountMicros: bigint): Promise<void>;
}

export interface SendingDesk extends SenderFacts<Account> {
  readonly senderStatusOf: SenderFacts<Account>['statusOf'];
  /** The short code of an appended stop clause. */
  readonly stopShortCode: string;
  /** Ids of messages that wait for their date. */
  listJobs(account: Account, filter: Pick<HistoryFilter, 'userId' | 'sender'>): Promise<readonly number[]>;
  /** Cancels a message of the account. False: it no longer waits. */
  cancelJob(account: Account, id: number): Promise<boolean>;
}

type BatchDesk = Pick<Batches, 'create' | 'read' | 'list' | 'rename' | 'remove' | 'cancel' | 'statistics'>;

/** The price list. */
export interface RateDesk {
  /** Price of a segment to an ISO 3166 country, in micros of a euro. Null: not served. */
  priceMicros(country: string): bigint | null;
  /** Price of a credit for accounts without their own price. */
  creditPriceMicros(): bigint;
  readonly priceList: PriceList;
}

export interface OrderDesk extends Orders {
  /** Terms of sale. */
  readonly terms: string;
}

/** The users of an account, by their logins. */
export interface UserDesk {
  list(account: Account): Promise<readonly string[]>;
  read(account: Account, login: string): Promise<UserWithUrls | null>;
  /** False: the login exists. */
  create(account: Account, login: string, password: string): Promise<boolean>;
  /** False: no such login. */
  edit(account: Account, login: string, order: UserOrder): Promise<boolean>;
  drop(account: Account, login: string): Promise<boolean>;
}

/** SMS that an account sent, in any dialect, and replies to it. */
export interface HistoryDesk {
  /** Ids in ascending order that match both filters; above the limit only the newest. */
  listSent(
    account: Account,
    filter: HistoryFilter,
    isWanted: (message: SentMessage) => boolean,
  ): Promise<readonly number[]>;
  /** Null: unknown, outside the filter, or hidden. */
  readSent(account: Account, id: number, filter: HistoryFilter): Promise<SentMessage | null>;
  /** False: it is not readable. */
  hideSent(account: Account, id: number, filter: HistoryFilter): Promise<boolean>;
  /** The same for replies; `sender` is the number of the account that received them. */
  listReceived(account: Account, filter: HistoryFilter): Promise<readonly number[]>;
  readReceived(account: Account, id: number, filter: HistoryFilter): Promise<ReceivedReply | null>;
  hideReceived(account: Account, id: number, filter: HistoryFilter): Promise<boolean>;
}

/** Opted-out numbers of an account. */
export interface OptOutDesk {
  /** Oldest first; only STOPs that answer this batch or message. */
  list(
    account: Account,
    filter: { readonly batchId?: string; readonly messageId?: number },
  ): Promise<readonly number[]>;
  read(account: Account, msisdn: number): Promise<OptOut | null>;
  /** False: not on the list. */
  remove(account: Account, msisdn: number): Promise<boolean>;
}

/** The senders of an account, by stored name. */
export interface SenderDesk {
  list(account: Account): Promise<readonly Sender[]>;
  read(account: Account, name: string): Promise<Sender | null>;
  /** Null: the account has it already. */
  ask(
    whose: { account: Account; customer: Account },
    order: SenderOrder,
    send: SendCode,
  ): Promise<Sender | null>;
  edit(
    account: Account,
    name: string,
    change: { description?: string | undefined; status?: ReviewStatus | undefined },
  ): Promise<'done' | 'not-allowed' | 'unknown'>;
  confirm(account: Account, name: string, code: string): Promise<SenderVerdict>;
  /** False, here and below: no such name. */
  drop(account: Account, name: string): Promise<boolean>;
  documentsOf(account: Account, name: string): Promise<readonly SenderDocument[]>;
  addDocument(account: Account, name: string, paper: SenderDocument): Promise<boolean>;
  editDocument(
    account: Account,
    paper: { sender: string; documentId: string },
    change: { name?: string | undefined; description?: string | null | undefined },
  ): Promise<boolean>;
  /** The virtual numbers of these accounts. */
  numbersOf(accounts: readonly Account[]): Promise<readonly AssignedNumber[]>;
}

export interface TemplateDesk {
  list(account: Account): Promise<readonly string[]>;
  read(account: Account, name: string): Promise<MessageTemplate | null>;
  /** False: the name exists. */
  create(account: Account, order: TemplateOrder): Promise<boolean>;
  edit(account: Account, name: string, change: TemplateChange): Promise<TemplateVerdict>;
  relaunch(
    account: Account,
    name: string,
    change: { message: string; description: string },
  ): Promise<TemplateVerdict>;
  drop(account: Account, name: string): Promise<boolean>;
}

/** Number look-ups. */
export interface LookupDesk {
  /** Charges now; the look-up runs later. */
  order(account: Account, numbers: readonly string[]): Promise<LookupReport>;
  list(account: Account): Promise<readonly number[]>;
  read(account: Account, id: number): Promise<OrderedLookup | null>;
  /** The last answered look-up of this number. */
  find(account: Account, msisdn: number): Promise<OrderedLookup | null>;
}

/** Lists of receivers from all sources. Throws ListError, CsvError and DownloadError (lists.ts). */
export interface ListDesk {
  readonly slots: Pick<Slots, 'list' | 'read' | 'edit' | 'empty' | 'open'>;
  /** Replaces the list of the slot. Null: no such document. */
  fill(key: SlotKey, order: SlotFilling): Promise<RecipientSlot | null>;
  /** Sends to the whole list or not at all. Null: empty slot, or no such document. */
  submit(account: Account, order: ListSubmission, source: ListSource): Promise<ListReport | null>;
  /** Its numbers as written, at most `most`. Null as for submit. */
  readNumbers(account: Account, source: ListSource, most: number): Promise<readonly string[] | null>;
}

export interface SlotFilling {
  readonly description: string;
  readonly isUpdated: boolean;
  readonly source: Exclude<ListSource, { kind: 'slot' }>;
}

/** Cleanings of slots in the background. */
export interface CleaningDesk {
  /** Null: empty slot. `busy`: another cleaning runs. */
  order(account: Account, key: SlotKey, order: CleaningOrder): Promise<OrderedCleaning | 'busy' | null>;
  /** Ids in ascending order. Null: of every status. */
  list(account: Account, status: string | null): Promise<readonly number[]>;
  read(account: Account, id: number): Promise<SlotCleaning | null>;
}
