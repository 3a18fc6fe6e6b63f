// Scopes of lists: an account, one of its users or one of its numbers (docs/dialects/ovh.md#history). Used by the calls to read
// the scope and to register an answer for all three routes.
import type { HistoryFilter } from '#domain/delivery/history.ts';
import type { Answer, Answers, Call } from './call-context.ts';
import { unknownObject } from './errors.ts';

export interface InScope {
  readonly login?: string;
  readonly number?: string;
}

export type Scope = Pick<HistoryFilter, 'userId' | 'sender'>;

/** A login or a number of another account is 404. */
export async function scopeOf({ services, access, input: { login, number } }: Call<InScope>): Promise<Scope> {
  if (login !== undefined) {
    const found = await services.users.read(access, login);
    if (found === null) throw unknownObject();
    return { userId: found.user.id };
  }
  if (number === undefined) return {};
  if ((await services.senders.statusOf(access, number)) !== 'own-number') throw unknownObject();
  return { sender: number };
}

const places = ['', '/users/{login}', '/virtualNumbers/{number}'];

/** For calls without a route for numbers. */
export const ofAccountAndUsers: readonly string[] = ['', '/users/{login}'];

/** The answer under all three routes: `GET /outgoing` is `GET /sms/{serviceName}/outgoing` and two more. */
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
