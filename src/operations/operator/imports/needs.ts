// The methods of other subjects that the imports call, as the operator who acts for the account. Used by the imports; the command line
// passes the services.
import type {
  Account,
  CallbackSettings,
  CampaignParameters,
  CreditAlert,
  UserUrls,
} from '#domain/account/account.ts';
import type { ReplyChange } from '#domain/account/change-replies.ts';
import type { UserAlert } from '#domain/account/user.ts';
import type { TemplateActivity } from '#domain/campaign/message-template.ts';
import type { AccountAccess, OperatorAccess } from '#operations/access/access.ts';

/** An absent field is not changed. */
export interface SettingsChange {
  readonly callbacks?: Partial<
    Pick<CallbackSettings, 'receiptUrl' | 'replyUrl' | 'optOutUrl' | 'replyEmail'>
  >;
  readonly campaign?: Partial<CampaignParameters>;
  readonly alert?: CreditAlert;
  readonly replies?: ReplyChange;
  readonly description?: string;
}

interface UserChange {
  readonly allowedIps?: readonly string[];
  readonly alert?: UserAlert;
  readonly urls?: UserUrls;
  readonly quota?: () => bigint;
}

interface NewTemplate {
  readonly name: string;
  readonly activity: TemplateActivity;
  readonly message: string;
  readonly description: string;
  readonly reason: string;
}

interface OptOutFile {
  readonly account: string;
  readonly csv: Uint8Array;
  readonly reason: string;
  readonly skipsInvalid: boolean;
}

interface OptOutCounts {
  readonly added: number;
  readonly known: number;
  readonly repeated: number;
  readonly skipped: readonly string[];
}

export interface ImportPhonebooks {
  list(access: AccountAccess): Promise<readonly string[]>;
  read(access: AccountAccess, key: string): Promise<{ readonly name: string } | null>;
  create(access: AccountAccess, name: string): Promise<string | null>;
  render(access: AccountAccess, key: string): AsyncIterable<Uint8Array>;
  import(
    access: AccountAccess,
    key: string,
    csv: AsyncIterable<Uint8Array>,
    defaultCountry: string | null,
  ): Promise<number | null>;
}

export interface ImportServices {
  readonly accounts: {
    read(access: AccountAccess): Promise<{ readonly account: Account }>;
    editParameters(access: AccountAccess, change: SettingsChange): Promise<void>;
  };
  readonly users: {
    read(access: AccountAccess, login: string): Promise<object | null>;
    create(access: AccountAccess, login: string, password: string): Promise<boolean>;
    edit(access: AccountAccess, login: string, change: UserChange): Promise<boolean>;
  };
  readonly templates: {
    list(access: AccountAccess): Promise<readonly string[]>;
    create(access: AccountAccess, template: NewTemplate): Promise<boolean>;
  };
  readonly phonebooks: ImportPhonebooks;
  readonly reviews: {
    listSenders(
      access: OperatorAccess,
      onlyWaiting: boolean,
    ): Promise<readonly { readonly serviceName: string; readonly name: string }[]>;
    addSender(access: OperatorAccess, account: string, sender: string): Promise<unknown>;
  };
  readonly optOuts: {
    list(
      access: OperatorAccess,
      account: string,
      page: { readonly after: number; readonly limit: number },
    ): Promise<readonly { readonly msisdn: number }[]>;
    import(access: OperatorAccess, file: OptOutFile): Promise<OptOutCounts>;
  };
}
