// What OVH's dialect asks of the house beside what all dialects ask (dialect.ts): one desk for each subject. Operations
// stand behind them; main/ovh-services.ts binds the two.

import type { SenderFacts } from '#dialects/ovh/sending.ts';
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
import type {
  ApplicationKeys,
  ApplicationOrder,
  readKnownApplication,
  TokenKeys,
  TokenOrder,
} from '#operations/account/ovh-keys/applications.ts';
import type { KeyOrder, KeyRequest, requestConsumerKey } from '#operations/account/ovh-keys/key-requests.ts';
import type { SendCode, SenderOrder, SenderVerdict } from '#operations/account/senders.ts';
import type { SignIn, SignInFailure } from '#operations/account/sign-in.ts';
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
import type { ListOrder, ListReport } from '#pipeline/submit-recipient-list.ts';
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

/** Keys: asked for by applications, made and decided about by people, kept by customers. */
export interface KeyDesk {
  signIn(order: SignIn): Promise<Account | SignInFailure>;
  createApplication(account: Account, order: ApplicationOrder): Promise<ApplicationKeys>;
  createToken(account: Account, order: TokenOrder): Promise<TokenKeys>;
  request(applicationKey: string, order: KeyOrder): ReturnType<typeof requestConsumerKey>;
  /** Null when there is nothing to decide: no such token, decided, or too old. */
  readRequest(validationToken: string): Promise<KeyRequest | null>;
  /** Null lifetime: it never ends. False when somebody decided before. */
  validate(id: number, account: Account, lifetimeMs: number | null): Promise<boolean>;
  refuse(id: number): Promise<boolean>;
  listApplications(account: Account): Promise<readonly number[]>;
  readApplication(account: Account, id: number): Promise<Application | null>;
  /** False, here and below, when the account has none of this id. */
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
  /** Null when there is none of this name. */
  byName(serviceName: string): Account | null | Promise<Account | null>;
  /** Those of a customer: his own and its sub-accounts. */
  listOf(customer: Account): Promise<readonly Account[]>;
  /** As it is now. */
  read(account: Account): Promise<AccountRecord>;
  edit(account: Account, change: ParametersChange): Promise<void>;
  createdAtMs(account: Account): Promise<number>;
  /** Whom it is for; empty where nobody said. */
  personOf(account: Account): Promise<ContactPerson>;
  /** What a credit costs this account, in micros of a euro. */
  creditPriceMicros(account: Account): bigint;
  /** At once. Throws RefusedError `transfer-recipient-blocked`, `transfer-open`, `credit-insufficient`. */
  moveCredit(from: Account, to: Account, amountMicros: bigint): Promise<void>;
}

export interface SendingDesk extends SenderFacts {
  /** The number that an appended clause names. */
  readonly stopShortCode: string;
  /** Ids of messages whose time has not come. */
  listJobs(account: Account, filter: Pick<HistoryFilter, 'userId' | 'sender'>): Promise<readonly number[]>;
  /** Of a message of the account's; false when it waits no longer. */
  cancelJob(account: Account, id: number): Promise<boolean>;
}

export type BatchDesk = Pick<
  Batches,
  'create' | 'read' | 'list' | 'rename' | 'remove' | 'cancel' | 'statistics'
>;

/** The price list. */
export interface RateDesk {
  /** Of a segment to an ISO 3166 country, in micros of a euro; null where none is sent. */
  priceMicros(country: string): bigint | null;
  /** Of a credit, for an account without a price of its own for it. */
  creditPriceMicros(): bigint;
  readonly priceList: PriceList;
}

/** An order with the account whose it is. */
export type PlacedOrder = NonNullable<Awaited<ReturnType<Orders['read']>>>;

export interface OrderDesk extends Orders {
  /** Who sells: a name, then an address and the like, line by line. */
  readonly seller: readonly string[];
  /** How an order is paid, line by line. */
  readonly payment: readonly string[];
  /** What an order is made under. */
  readonly terms: string;
}

/** The users of an account, by their logins. */
export interface UserDesk {
  list(account: Account): Promise<readonly string[]>;
  read(account: Account, login: string): Promise<UserWithUrls | null>;
  /** False when there is one of this login. */
  create(account: Account, login: string, password: string): Promise<boolean>;
  /** False when there is none of this login. */
  edit(account: Account, login: string, order: UserOrder): Promise<boolean>;
  drop(account: Account, login: string): Promise<boolean>;
}

/** What an account has sent, whatever dialect it was sent in, and what it has received. */
export interface HistoryDesk {
  /** Ids in rising order of what passes both; the newest when there are very many. */
  listSent(
    account: Account,
    filter: HistoryFilter,
    isWanted: (message: SentMessage) => boolean,
  ): Promise<readonly number[]>;
  /** Null too when the filter does not let it through, or it was put away. */
  readSent(account: Account, id: number, filter: HistoryFilter): Promise<SentMessage | null>;
  /** False when it could not be read. */
  hideSent(account: Account, id: number, filter: HistoryFilter): Promise<boolean>;
  /** The same of replies; `sender` is the number of the account that they were sent to. */
  listReceived(account: Account, filter: HistoryFilter): Promise<readonly number[]>;
  readReceived(account: Account, id: number, filter: HistoryFilter): Promise<ReceivedReply | null>;
  hideReceived(account: Account, id: number, filter: HistoryFilter): Promise<boolean>;
}

/** Who said STOP to an account. */
export interface OptOutDesk {
  /** Oldest first; of the STOPs that answer this batch, this message. */
  list(
    account: Account,
    filter: { readonly batchId?: string; readonly messageId?: number },
  ): Promise<readonly number[]>;
  read(account: Account, msisdn: number): Promise<OptOut | null>;
  /** False when it is not on the list. */
  remove(account: Account, msisdn: number): Promise<boolean>;
}

/** The senders of an account, by their names as they are kept. */
export interface SenderDesk {
  list(account: Account): Promise<readonly Sender[]>;
  read(account: Account, name: string): Promise<Sender | null>;
  /** Null when the account has it already. */
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
  /** False, here and below, when there is none of this name. */
  drop(account: Account, name: string): Promise<boolean>;
  documentsOf(account: Account, name: string): Promise<readonly SenderDocument[]>;
  addDocument(account: Account, name: string, paper: SenderDocument): Promise<boolean>;
  editDocument(
    account: Account,
    paper: { sender: string; documentId: string },
    change: { name?: string | undefined; description?: string | null | undefined },
  ): Promise<boolean>;
  /** The virtual numbers that are these accounts' own. */
  numbersOf(accounts: readonly Account[]): Promise<readonly AssignedNumber[]>;
}

export interface TemplateDesk {
  list(account: Account): Promise<readonly string[]>;
  read(account: Account, name: string): Promise<MessageTemplate | null>;
  /** False when there is one of this name. */
  create(account: Account, order: TemplateOrder): Promise<boolean>;
  edit(account: Account, name: string, change: TemplateChange): Promise<TemplateVerdict>;
  relaunch(
    account: Account,
    name: string,
    change: { message: string; description: string },
  ): Promise<TemplateVerdict>;
  drop(account: Account, name: string): Promise<boolean>;
}

/** Numbers that carriers are asked about. */
export interface LookupDesk {
  /** Paid now, made later. */
  order(account: Account, numbers: readonly string[]): Promise<LookupReport>;
  list(account: Account): Promise<readonly number[]>;
  read(account: Account, id: number): Promise<OrderedLookup | null>;
  /** The last one of this number that was answered. */
  find(account: Account, msisdn: number): Promise<OrderedLookup | null>;
}

/** Lists of receivers, wherever they come from. Throws ListError, CsvError and DownloadError (lists.ts). */
export interface ListDesk {
  readonly slots: Pick<Slots, 'list' | 'read' | 'edit' | 'empty' | 'open'>;
  /** Null when there is no such document. Whatever was in the slot is replaced. */
  fill(key: SlotKey, order: SlotFilling): Promise<RecipientSlot | null>;
  /** To all of them or to nobody. Null when the slot is empty, or there is no such document. */
  submit(account: Account, order: ListOrder, source: ListSource): Promise<ListReport | null>;
  /** Its numbers as they are written, `most` at most. Null as with submit. */
  readNumbers(account: Account, source: ListSource, most: number): Promise<readonly string[] | null>;
}

export interface SlotFilling {
  readonly description: string;
  readonly isUpdated: boolean;
  readonly source: Exclude<ListSource, { kind: 'slot' }>;
}

/** Lists in slots that are cleaned while nobody waits. */
export interface CleaningDesk {
  /** Null when there is nothing in the slot; `busy` while it is being cleaned. */
  order(account: Account, key: SlotKey, order: CleaningOrder): Promise<OrderedCleaning | 'busy' | null>;
  /** Ids in rising order, of every status when it is null. */
  list(account: Account, status: string | null): Promise<readonly number[]>;
  read(account: Account, id: number): Promise<SlotCleaning | null>;
}
