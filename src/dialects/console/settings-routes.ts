// Handlers of the settings of an account: senders and message templates. Used by http-family.ts.
import { availableSenders, readSenderName, type Sender } from '#domain/account/sender.ts';
import { submissionDefaults } from '#domain/base/submission.ts';
import type { MessageTemplate } from '#domain/campaign/message-template.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import type { settingsCalls } from './contract/settings.ts';
import { ConsoleRefusal, notFound } from './errors.ts';
import type { ConsoleOptions } from './options.ts';
import type { HandlersOf } from './registration.ts';
import { iso } from './response.ts';

type SettingsHandlers = HandlersOf<typeof settingsCalls>;

export function settingsHandlers(options: ConsoleOptions): SettingsHandlers {
  return { ...senderHandlers(options), ...templateHandlers(options) } as SettingsHandlers;
}

function senderHandlers({ services }: ConsoleOptions): Partial<SettingsHandlers> {
  const { senders } = services;
  return {
    async 'senders.list'({ access }) {
      const rows = await senders.list(access);
      const taken = new Set(rows.map(({ name }) => name));
      const numbers = await senders.listOwnNumbers(access);
      return {
        rows: rows.map(renderSender),
        numbers: numbers.map(({ number, kind, countries, createdAtMs }) => ({
          number,
          kind,
          countries: [...countries],
          createdAt: iso(createdAtMs),
        })),
        available: availableSenders(access.account)
          .map(({ name }) => name)
          .filter((name) => !taken.has(name)),
      };
    },
    async 'senders.request'({ access, body }) {
      const name = readSenderName(body.sender);
      if (name === null)
        throw new ConsoleRefusal('value-invalid', {
          detail: 'A sender has at most 11 letters, digits, spaces and _ - . , & +, or is a number.',
          fields: { sender: 'malformed' },
        });
      const order = { sender: name, description: body.description ?? '', reason: body.reason };
      const sender = await senders.request(access, access, order, (number, code) =>
        sendCode(services, access, number, code),
      );
      if (sender === null)
        throw new ConsoleRefusal('conflict', {
          detail: `The sender ${name.name} is in the list already, or belongs to another customer.`,
        });
      return renderSender(sender);
    },
    async 'senders.change'({ access, parameters, body }) {
      const verdict = await senders.edit(access, parameters.sender, body);
      if (verdict === 'unknown') throw notFound();
      if (verdict === 'not-allowed')
        throw new ConsoleRefusal('conflict', {
          detail: 'A sender is disabled and enabled once the operator has enabled it.',
        });
      return {};
    },
    async 'senders.confirm'({ access, parameters, body }) {
      const verdict = await senders.confirm(access, parameters.sender, body.code);
      if (verdict === 'unknown') throw notFound();
      if (verdict === 'wrong-code')
        throw new ConsoleRefusal('value-invalid', {
          detail: 'This is not the code that was sent.',
          fields: { code: 'not-allowed' },
        });
      if (verdict === 'no-code')
        throw new ConsoleRefusal('conflict', {
          detail: 'No code is awaited, or five were wrong. Remove the sender and request it again.',
        });
      return {};
    },
    async 'senders.remove'({ access, parameters: { sender } }) {
      const documents = await senders.listDocuments(access, sender);
      if (!(await senders.remove(access, sender))) throw notFound();
      for (const { documentId } of documents) await services.documents.remove(access, documentId);
      return {};
    },
  };
}

function templateHandlers({ services: { templates } }: ConsoleOptions): Partial<SettingsHandlers> {
  return {
    async 'templates.list'({ access }) {
      const names = await templates.list(access);
      const found = await Promise.all(names.map((name) => templates.read(access, name)));
      return { rows: found.filter((template) => template !== null).map(renderTemplate) };
    },
    async 'templates.create'({ access, body }) {
      const isNew = await templates.create(access, {
        ...body,
        description: body.description ?? '',
        reason: '',
      });
      if (!isNew)
        throw new ConsoleRefusal('conflict', { detail: `A template is named ${body.name} already.` });
      return {};
    },
    async 'templates.change'({ access, parameters: { template }, body }) {
      const before = await templates.read(access, template);
      if (before === null) throw notFound();
      const verdict =
        before.status === 'refused' && body.message !== undefined
          ? await templates.resubmit(access, template, {
              message: body.message,
              description: body.description ?? before.description,
            })
          : await templates.edit(access, template, body);
      if (verdict === 'unknown') throw notFound();
      if (verdict !== 'done')
        throw new ConsoleRefusal('conflict', {
          detail: 'The template cannot be changed in its present state.',
        });
      return {};
    },
    async 'templates.remove'({ access, parameters }) {
      if (!(await templates.remove(access, parameters.template))) throw notFound();
      return {};
    },
  };
}

function renderSender({ name, type, status, description, comment, isAwaitingCode }: Sender) {
  return { name, type, status, description, comment, isAwaitingCode };
}

function renderTemplate({ changedAtMs, ...template }: MessageTemplate) {
  const { name, activity, message, description, status, comment } = template;
  return { name, activity, message, description, status, comment, changedAt: iso(changedAtMs) };
}

/** An ordinary SMS, paid by the account; its code is masked after it left. */
async function sendCode(
  { submissions }: ConsoleOptions['services'],
  access: AccountAccess,
  number: string,
  code: string,
): Promise<void> {
  const write = (shown: string) =>
    `${shown} confirms ${number} as a sender of ${access.account.serviceName}.`;
  await submissions.submit(access, {
    ...submissionDefaults,
    dialect: 'console',
    text: write(code),
    maskedText: write('*'.repeat(code.length)),
    recipients: [{ number }],
    sender: null,
    purpose: 'transactional',
    stopClause: 'none',
  });
}
