// Handlers of the members of an account, of the account itself and of its audit trail. Used by http-family.ts.
import { isEmail } from '#lib/text/email.ts';
import type { accountCalls } from './contract/account.ts';
import type { Answer } from './contract.ts';
import { ConsoleRefusal, notFound } from './errors.ts';
import type { ConsoleOptions } from './options.ts';
import type { HandlersOf } from './registration.ts';
import { cutPage, iso, isoOrNull, readKey } from './response.ts';

const usualLimit = 50;

type MemberHandlers = Omit<HandlersOf<typeof accountCalls>, keyof SettingsHandlers>;

export function accountHandlers(options: ConsoleOptions): HandlersOf<typeof accountCalls> {
  return { ...memberHandlers(options), ...settingsHandlers(options) };
}

const conflict = (detail: string) => new ConsoleRefusal('conflict', { detail });

function memberHandlers({ services: { members }, baseUrl }: ConsoleOptions): MemberHandlers {
  const lastOwner = () => conflict('An account keeps at least one owner. Make another member owner first.');
  return {
    'members.list': async ({ access }) => ({
      rows: (await members.list(access)).map(({ id, sinceMs, lastSeenAtMs, language: _, ...row }) => ({
        ...row,
        member: id,
        since: iso(sinceMs),
        lastSeenAt: isoOrNull(lastSeenAtMs),
      })),
    }),
    'members.listInvitations': async ({ access }) => ({
      rows: (await members.listInvitations(access)).map((invitation) => ({
        invitation: invitation.id,
        email: invitation.email,
        role: invitation.role as Answer<'members.list'>['rows'][number]['role'],
        invitedBy: invitation.invitedBy,
        createdAt: iso(invitation.createdAtMs),
        expiresAt: iso(invitation.expiresAtMs),
      })),
    }),
    async 'members.invite'({ access, body: { email, role } }) {
      if (!isEmail(email.trim()))
        throw new ConsoleRefusal('value-invalid', {
          detail: 'This is no e-mail address.',
          fields: { email: 'not-allowed' },
        });
      const { id, token, expiresAtMs } = await members.invite(access, { email: email.trim(), role });
      const link = `${baseUrl}/console/invite#${token}`;
      return { invitation: id, link, expiresAt: iso(expiresAtMs) };
    },
    async 'members.revokeInvitation'({ access, parameters }) {
      if (!(await members.revokeInvitation(access, parameters.invitation))) throw notFound();
      return {};
    },
    async 'members.changeRole'({ access, parameters, body }) {
      const verdict = await members.changeRole(access, parameters.member, body.role);
      if (verdict === 'unknown') throw notFound();
      if (verdict === 'last-owner') throw lastOwner();
      return {};
    },
    async 'members.remove'({ access, parameters }) {
      const verdict = await members.remove(access, parameters.member);
      if (verdict === 'unknown') throw notFound();
      if (verdict === 'last-owner') throw lastOwner();
      return {};
    },
  };
}

type SettingsHandlers = Pick<
  HandlersOf<typeof accountCalls>,
  'account.read' | 'account.update' | 'account.setApproval' | 'audit.list'
>;

function settingsHandlers({ services: { accounts, accountAudit } }: ConsoleOptions): SettingsHandlers {
  return {
    async 'account.read'({ access }) {
      const { account } = await accounts.read(access);
      const { serviceName, name, email, status, settings } = account;
      return {
        account: serviceName,
        name,
        email,
        status,
        description: settings.description,
        country: settings.defaultCountry,
        optOutsCoverTransactional: settings.optOutsCoverTransactional,
        approveAbove: settings.approveAbove,
        createdAt: iso(await accounts.createdAtMs(access)),
        isSubAccount: account.parentId !== null,
        role: access.role as Answer<'account.read'>['role'],
      };
    },
    async 'account.update'({ access, body: { description } }) {
      await accounts.editParameters(access, { ...(description !== undefined && { description }) });
      return {};
    },
    async 'account.setApproval'({ access, body: { above } }) {
      await accounts.setApproval(access, above);
      return {};
    },
    async 'audit.list'({ access, parameters }) {
      const { limit = usualLimit, action } = parameters;
      const beforeId = readKey(parameters.after, 1)?.[0] ?? Number.MAX_SAFE_INTEGER;
      const found = await accountAudit.list(access, action ?? null, { beforeId, limit: limit + 1 });
      const { rows, next } = cutPage(found, limit, ({ id }) => id);
      return {
        rows: rows.map(({ id, atMs, account: _, ...row }) => ({ ...row, entry: id, at: iso(atMs) })),
        next,
      };
    },
  };
}
