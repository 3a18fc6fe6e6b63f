// The same lists exist for an account, for one of its users and for one of its numbers (docs/dialects/ovh.md#history):
// where a call looks, and under which routes an answer is served.
import type { HistoryFilter } from '#domain/delivery/history.ts';
import type { Answer, Answers, Call } from './call-context.ts';
import { unknownObject } from './errors.ts';

export interface InScope {
  readonly login?: string;
  readonly number?: string;
}

export type Scope = Pick<HistoryFilter, 'userId' | 'sender'>;

/** A login or a number that is not the account's is not there. */
export async function scopeOf({
  services,
  account,
  input: { login, number },
}: Call<InScope>): Promise<Scope> {
  if (login !== undefined) {
    const found = await services.desks.users.read(account, login);
    if (found === null) throw unknownObject();
    return { userId: found.user.id };
  }
  if (number === undefined) return {};
  if ((await services.desks.sending.senderStatusOf(account, number)) !== 'own-number') throw unknownObject();
  return { sender: number };
}

const places = ['', '/users/{login}', '/virtualNumbers/{number}'];

/** Where there is nothing of a number's own. */
export const ofAccountAndUsers: readonly string[] = ['', '/users/{login}'];

/** Under the routes of all three: `GET /outgoing` is `GET /sms/{serviceName}/outgoing` and two more. */
export function inEachScope(answers: Answers): Answers {
  return inScopes(places, answers);
}

export function inScopes(places: readonly string[], answers: Answers): Answers {
  const served: Record<string, Answer> = {};
  for (const [name, answer] of Object.entries(answers)) {
    const [method, path] = name.split(' ');
    for (const place of places) served[`${method} /sms/{serviceName}${place}${path}`] = answer;
  }
  return served;
}
