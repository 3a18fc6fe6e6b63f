// Creates, reads, enables, disables and deletes senders of an account
// (docs/dialects/ovh.md#senders-templates-and-numbers). Used by call-table.ts. Virtual numbers are listed among them; only the
// operator removes those.

import { type Answers, answer, type Call } from '#dialects/ovh/api/call-context.ts';
import { badParameter, OvhRefusal, unknownObject } from '#dialects/ovh/api/errors.ts';
import { renderNumber } from '#dialects/ovh/api/own-number.ts';
import { readStatus, statusOf } from '#dialects/ovh/api/review-status.ts';
import { ovhDefaults } from '#dialects/ovh/sending.ts';
import { availableSenders, readSenderName, type Sender, type SenderName } from '#domain/account/sender.ts';
import type { Submission } from '#domain/base/submission.ts';

export interface OfSender {
  readonly sender: string;
}

interface SenderInput extends OfSender {
  readonly description?: string;
  readonly reason?: string;
}

const maxDescription = 250;
const maxReason = 1000;
const referers = { custom: 'custom', domain: 'domain', customer: 'nic' } as const;

export const senderAnswers: Answers = {
  'GET /sms/{serviceName}/senders': answer(async ({ services, access }) => [
    ...(await services.senders.list(access)).map(({ name }) => name),
    ...(await services.senders.listOwnNumbers(access)).map(renderNumber),
  ]),

  'POST /sms/{serviceName}/senders': answer<SenderInput>(async (call) => {
    const { services, access, customer, input } = call;
    const order = readOrder(input);
    const sender = await services.senders.request(access, customer, order, (number, code) =>
      sendCode(call, number, code),
    );
    if (sender === null)
      throw new OvhRefusal(
        409,
        `The sender ${order.sender.name} already exists, or belongs to another customer`,
      );
    return sender.name;
  }),

  'GET /sms/{serviceName}/senders/{sender}': answer<OfSender>(async (call) => {
    const number = await findNumber(call);
    return number === null ? renderSender(await findSender(call)) : renderVirtual(number);
  }),

  'PUT /sms/{serviceName}/senders/{sender}': answer<OfSender & { description?: string; status?: string }>(
    async (call) => {
      if ((await findNumber(call)) !== null) throw new OvhRefusal(403, 'A virtual number cannot be changed');
      const { description, status } = call.input;
      const verdict = await call.services.senders.edit(call.access, nameOf(call), {
        description:
          description === undefined ? undefined : readText('description', description, maxDescription),
        status: status === undefined ? undefined : readStatus(status),
      });
      if (verdict === 'unknown') throw unknownObject();
      if (verdict === 'not-allowed')
        throw new OvhRefusal(403, 'A sender is switched off and on once it is enabled, not before');
    },
  ),

  'DELETE /sms/{serviceName}/senders/{sender}': answer<OfSender>(async (call) => {
    const { services, access } = call;
    if ((await findNumber(call)) !== null) throw new OvhRefusal(403, 'A virtual number cannot be deleted');
    const name = nameOf(call);
    const documents = await services.senders.listDocuments(access, name);
    if (!(await services.senders.remove(access, name))) throw unknownObject();
    for (const { documentId } of documents) await services.documents.remove(access, documentId);
  }),

  'POST /sms/{serviceName}/senders/{sender}/validate': answer<OfSender & { code: string }>(async (call) => {
    const { services, access, input } = call;
    switch (await services.senders.confirm(access, nameOf(call), input.code)) {
      case 'enabled':
        return;
      case 'unknown':
        throw unknownObject();
      case 'wrong-code':
        throw badParameter('code', 'This is not the code that was sent');
      case 'no-code':
        throw new OvhRefusal(403, 'No code of this sender is waited for, or too many wrong ones came');
    }
  }),

  'GET /sms/{serviceName}/sendersAvailableForValidation': answer<{ referer?: 'domain' | 'nichandle' }>(
    async ({ services, access, customer, input }) => {
      const taken = new Set((await services.senders.list(access)).map(({ name }) => name));
      return availableSenders(customer.account)
        .map(({ name, referer }) => ({
          sender: name,
          referer: referer === 'customer' ? 'nichandle' : referer,
        }))
        .filter(({ sender, referer }) => !taken.has(sender) && (input.referer ?? referer) === referer);
    },
  ),
};

/**
 * The sender as stored: the path is decoded once, and names are compared exactly
 * (docs/dialects/ovh.md#senders-templates-and-numbers).
 */
function nameOf({ input }: Call<OfSender>): string {
  return readSenderName(input.sender)?.name ?? input.sender;
}

export async function findSender(call: Call<OfSender>): Promise<Sender> {
  const sender = await call.services.senders.read(call.access, nameOf(call));
  if (sender === null) throw unknownObject();
  return sender;
}

async function findNumber(call: Call<OfSender>): Promise<string | null> {
  const name = nameOf(call);
  const own = await call.services.senders.listOwnNumbers(call.access);
  return own.map(renderNumber).find((number) => number === name) ?? null;
}

function renderSender({ name, type, referer, status, description, comment, isAwaitingCode }: Sender) {
  return {
    sender: name,
    type,
    referer: referers[referer],
    status: statusOf[status],
    description,
    comment: comment ?? '',
    validationMedia: isAwaitingCode ? 'sms' : null,
  };
}

function renderVirtual(number: string) {
  return {
    sender: number,
    type: 'virtual',
    referer: 'virtual',
    status: statusOf.enabled,
    description: '',
    comment: '',
    validationMedia: null,
  };
}

function readOrder({ sender, description = '', reason = '' }: SenderInput): {
  sender: SenderName;
  description: string;
  reason: string;
} {
  const read = readSenderName(sender);
  if (read === null)
    throw badParameter(
      'sender',
      'A sender has at most 11 characters of letters, digits, blanks and _ - . , & +, or is a number',
    );
  // The description makes it optional; the service requires it (docs/dialects/ovh.md#how-it-answers).
  if (reason.trim() === '') throw badParameter('reason', 'Please provide a reason');
  return {
    sender: read,
    description: readText('description', description, maxDescription),
    reason: readText('reason', reason, maxReason),
  };
}

export function readText(field: string, text: string, most: number): string {
  if (text.length > most) throw badParameter(field, `At most ${most} characters`);
  return text;
}

/** An ordinary SMS, paid by the account; its code is deleted after it left. */
async function sendCode({ services, access }: Call, number: string, code: string): Promise<void> {
  const write = (shown: string) =>
    `${shown} confirms ${number} as a sender of ${access.account.serviceName}.`;
  const submission: Submission = {
    ...ovhDefaults,
    dialect: 'ovh',
    text: write(code),
    maskedText: write('*'.repeat(code.length)),
    recipients: [{ number }],
    sender: null,
    purpose: 'transactional',
    stopClause: 'none',
  };
  await services.submissions.submit(access, submission);
}
