// Mails as an ordinary mail program sends them. For tests only.
import { createTransport } from 'nodemailer';
import type { Query } from '../../src/store/database/database.ts';
import type { Keys } from './clients.ts';

export interface TestMail {
  readonly subject: string;
  readonly text?: string;
  readonly html?: string;
  readonly to?: string;
}

/** The credentials as the manual wants them in the subject. */
export function subjectOf({ login, apiKey }: Keys): string {
  return new URLSearchParams({ user_login: login, api_key: apiKey }).toString();
}

/** Answers with the last reply of the server. */
export async function sendMail(port: number, mail: TestMail): Promise<string> {
  const transport = createTransport({ host: '127.0.0.1', port, ignoreTLS: true });
  try {
    const { response } = await transport.sendMail({
      from: 'Shop <shop@example.com>',
      to: 'sms@octopush-dm.com',
      ...mail,
    });
    return response;
  } finally {
    transport.close();
  }
}

/** Every number that was written to, with its text, in order. */
export async function readAll(query: Query): Promise<[string, string][]> {
  const rows = await query<{ msisdn: number; text: string }>(
    `select m.msisdn, coalesce(m.text, c.text) as text from messages m
     join campaigns c on c.bucket = m.bucket and c.account_id = m.account_id and c.id = m.campaign_id order by m.id`,
  );
  return rows.map(({ msisdn, text }) => [String(msisdn), text]);
}
