// Handlers of the settings: senders, templates, members, the account, its audit trail. Used by http-family.ts.
import { readSenderName, type Sender } from '#domain/account/sender.ts';
import type { Submission } from '#domain/base/submission.ts';
import { isEmail } from '#lib/text/email.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import type { settingsCalls } from './contract/settings.ts';
import type { Answer } from './contract.ts';
import { ConsoleRefusal, notFound } from './errors.ts';
import type { ConsoleOptions } from './options.ts';
import type { HandlersOf } from './registration.ts';
import { cutPage, iso, isoOrNull, readKey } from './response.ts';
import { consoleSubmission } from './submission.ts';

const usualLimit = 50;

type Subject<Prefix extends string> = Pick<
  HandlersOf<typeof settingsCalls>,
  Extract<keyof typeof settingsCalls, `${Prefix}.${string}`>
>;

export function settingsHandlers(options: ConsoleOptions): HandlersOf<typeof settingsCalls> {
  return {
    ...senderHandlers(options),
    ...templateHandlers(options),
    ...memberHandlers(options),
    ...accountHandlers(options),
  };
}

const conflict = (detail: string) => new ConsoleRefusal('conflict', { detail });
const wrongField = (field: string, detail: string) =>
  new ConsoleRefusal('value-invalid', { detail, fields: { [field]: 'not-allowed' } });

function senderHandlers({ services }: ConsoleOptions): Subject<'senders'> {
  const { senders } = services;

  /** An ordinary SMS, paid by the account; its code is deleted after it left. */
  async function sendCode(access: AccountAccess, number: string, code: string): Promise<void> {
    const write = (shown: string) =>
      `${shown} confirms ${number} as a sender of ${access.account.serviceName}.`;
    const submission: Submission = {
      ...consoleSubmission,
      text: write(code),
      maskedText: write('*'.repeat(code.length)),
      recipients: [{ number }],
    };
    await services.submissions.submit(access, submission);
  }

  return {
    'senders.list': async ({ access }) => ({
      rows: (await senders.list(access)).map(renderSender),
      numbers: (await senders.listOwnNumbers(access)).map(({ number }) => ({ number })),
    }),
    async 'senders.request'({ access, body: { sender: written, reason } }) {
      const sender = readSenderName(written);
      if (sender === null)
        throw wrongField('sender', 'A sender has 1 to 11 letters and digits, or is a telephone number.');
      const order = { sender, description: '', reason };
      const made = await senders.request(access, access, order, (number, code) =>
        sendCode(access, number, code),
      );
      if (made === null) throw conflict('The account has this sender, or it belongs to another one.');
      return renderSender(made);
    },
    async 'senders.confirm'({ access, parameters, body }) {
      const verdict = await senders.confirm(access, parameters.sender, body.code);
      if (verdict === 'unknown') throw notFound();
      if (verdict !== 'enabled') throw wrongField('code', 'The code is wrong, or was tried too often.');
      return {};
    },
    async 'senders.remove'({ access, parameters }) {
      if (!(await senders.remove(access, parameters.sender))) throw notFound();
      return {};
    },
  };
}

function renderSender({ name, type, status, description, comment, isAwaitingCode }: Sender) {
  return { sender: name, type, status, description, comment, isAwaitingCode };
}

function templateHandlers({ services: { templates } }: ConsoleOptions): Subject<'templates'> {
  return {
    async 'templates.list'({ access }) {
      const names = await templates.list(access);
      const found = await Promise.all(names.map((name) => templates.read(access, name)));
      return {
        rows: found
          .filter((template) => template !== null)
          .map(({ name, message, description, activity, status, comment }) => {
            return { name, message, description, activity, status, comment };
          }),
      };
    },
    async 'templates.create'({ access, body: { name, message, description = '', activity } }) {
      const order = { name, message, description, activity, reason: '' };
      if (!(await templates.create(access, order))) throw conflict('There is a template with this name.');
      return {};
    },
    async 'templates.update'({ access, parameters: { name }, body }) {
      const template = await templates.read(access, name);
      if (template === null) throw notFound();
      const { message, description = template.description } = body;
      const verdict =
        template.status === 'refused'
          ? await templates.resubmit(access, name, { message, description })
          : await templates.edit(access, name, { message, description });
      if (verdict === 'unknown') throw notFound();
      if (verdict !== 'done') throw conflict('The operator has this template under review.');
      return {};
    },
    async 'templates.remove'({ access, parameters: { name } }) {
      if (!(await templates.remove(access, name))) throw notFound();
      return {};
    },
  };
}

function memberHandlers({ services: { members }, baseUrl }: ConsoleOptions): Subject<'members'> {
  const lastOwner = () => conflict('An account keeps at least one owner. Make another member owner first.');
  return {
    'members.list': async ({ access }) => ({
      rows: (await members.list(access)).map(({ id, sinceMs, lastSeenAtMs, ...row }) => ({
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
      if (!isEmail(email.trim())) throw wrongField('email', 'This is no e-mail address.');
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

type AccountHandlers = Pick<
  HandlersOf<typeof settingsCalls>,
  'account.read' | 'account.update' | 'audit.list'
>;

function accountHandlers({ services: { accounts, accountAudit } }: ConsoleOptions): AccountHandlers {
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
        createdAt: iso(await accounts.createdAtMs(access)),
        isSubAccount: account.parentId !== null,
        role: access.role as Answer<'account.read'>['role'],
      };
    },
    async 'account.update'({ access, body: { description } }) {
      await accounts.editParameters(access, { ...(description !== undefined && { description }) });
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
