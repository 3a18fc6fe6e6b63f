// Renders the alerts about the quotas of users, from custom or default texts. Used by the credit watch.

export interface AlertTemplates {
  readonly customizesMail: boolean;
  readonly customizesSms: boolean;
  readonly mailFrom: string | null;
  readonly mailSubject: string | null;
  readonly mailBody: string | null;
  readonly smsBody: string | null;
}

export const usualTemplates: AlertTemplates = {
  customizesMail: false,
  customizesSms: false,
  mailFrom: null,
  mailSubject: null,
  mailBody: null,
  smsBody: null,
};

/** Values of the marks in a text; amounts in credits. */
export interface AlertFacts {
  readonly user: string;
  /** Remaining quota of the user. */
  readonly remaining: number;
  readonly threshold: number;
  /** Remaining credit of the account. */
  readonly creditsLeft: number;
}

export interface AlertTexts {
  readonly subject: string;
  readonly mail: string;
  readonly sms: string;
}

const usualSubject = 'SMS: |REMAINING| credits left for |USER|';
const usualMail =
  'The user |USER| has |REMAINING| credits left.\n' +
  'You asked to be told at |ALERTTHRESHOLD|. The account has |CREDITSLEFT| credits.\n';
const usualSms = 'SMS user |USER|: |REMAINING| credits left (alert at |ALERTTHRESHOLD|)';

/** Marks as in OVH's API (docs/dialects/ovh.md#the-account-and-its-users). */
export function writeAlert(templates: AlertTemplates, facts: AlertFacts): AlertTexts {
  const values: Readonly<Record<string, string>> = {
    USER: facts.user,
    REMAINING: String(facts.remaining),
    ALERTTHRESHOLD: String(facts.threshold),
    CREDITSLEFT: String(facts.creditsLeft),
  };
  const write = (text: string) => text.replace(/\|([A-Z]+)\|/g, (mark, name) => values[name] ?? mark);
  const { customizesMail, customizesSms, mailSubject, mailBody, smsBody } = templates;
  const ownText = (isOwn: boolean, text: string | null, usual: string) => (isOwn && text?.trim()) || usual;
  return {
    subject: write(ownText(customizesMail, mailSubject, usualSubject)).replace(/\s+/g, ' '),
    mail: write(ownText(customizesMail, mailBody, usualMail)),
    sms: write(ownText(customizesSms, smsBody, usualSms)),
  };
}
