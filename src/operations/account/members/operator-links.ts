// Creates one-time links that sign an operator in to the console: after installation, and when a password is lost. Used by
// `chappe operator link` and `chappe serve`. Refuses, as OperatorRefusal: an e-mail of no operator, an ambiguous call.
import { OperatorRefusal } from '#domain/base/operator-refusal.ts';
import { hashSecret, randomToken } from '#lib/security/secrets.ts';
import { dayMs } from '#lib/time/duration.ts';
import type { OperatorAccess } from '#operations/access/access.ts';
import { auditChange } from '#operations/access/audit-change.ts';
import { authorize } from '#operations/access/authorize.ts';
import type { Context } from '#pipeline/context.ts';
import { replaceOperatorLink } from '#store/accounts/member-invitations.ts';
import { hasOperatorWithPassword, listOperators } from '#store/accounts/members.ts';

/** The part of the link after the address of the console. The token is in the fragment: it is neither logged nor referred. */
export const enterPath = (token: string): string => `/console/enter#${token}`;

export interface OperatorLinks {
  /**
   * Replaces the former link. `email`: of an operator, whose password the link replaces. Without it, the only operator; a new
   * one if there is none. Returns the token, this once; it is valid for a day.
   */
  create(access: OperatorAccess, email: string | null): Promise<string>;
  /** The same at the first start: null as soon as an operator has a password. */
  createFirst(access: OperatorAccess): Promise<string | null>;
}

const linkMs = dayMs;
/** 43 characters: 256 bits. */
const tokenLength = 43;

export function createOperatorLinks({ database, clock }: Pick<Context, 'database' | 'clock'>): OperatorLinks {
  async function create(access: OperatorAccess, email: string | null): Promise<string> {
    authorize(access, 'operator-links.write');
    const token = randomToken(tokenLength);
    const nowMs = clock.now();
    return database.transaction(async (query) => {
      const operators = await listOperators(query);
      const wanted = operators.filter((operator) => operator.email?.toLowerCase() === email?.toLowerCase());
      if (email !== null && wanted.length === 0)
        throw new OperatorRefusal(`--email: no operator has the e-mail ${email}`);
      if (email === null && operators.length > 1)
        throw new OperatorRefusal(
          `--email is missing, and there are several operators: ${operators.map((o) => o.email ?? `#${o.id}`).join(', ')}`,
        );
      const memberId = (email === null ? operators[0] : wanted[0])?.id ?? null;
      const link = { tokenSha256: hashSecret(token), memberId, expiresAtMs: nowMs + linkMs };
      await replaceOperatorLink(query, link, nowMs);
      const change = { action: 'operator-link.created', target: email ?? 'the operator' };
      await auditChange(query, access, change, nowMs);
      return token;
    });
  }

  return {
    create,
    async createFirst(access) {
      authorize(access, 'operator-links.write');
      return (await hasOperatorWithPassword(database.query)) ? null : create(access, null);
    },
  };
}
